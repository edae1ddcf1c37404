"""SliceFilter: leaves out blank and end-of-scan slices and says why."""
