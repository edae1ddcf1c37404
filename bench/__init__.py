"""Measures what docs/performance.md tells: `make bench`, or `python -m bench NAME ...`."""
