"""The wiring: in what order, with which values, where it runs."""
