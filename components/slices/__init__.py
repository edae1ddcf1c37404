"""Reading: the slices below a path, their labels, and their pixels or the reason why there are none."""
