"""Measures what docs/performance.md states: `make bench`, or `python -m bench NAME ...`."""
