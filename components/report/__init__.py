"""Report: one page that tells all of a run, and the same as JSON."""
