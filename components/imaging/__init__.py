"""NumPy and SciPy image operations on one slice, before it is a record."""
