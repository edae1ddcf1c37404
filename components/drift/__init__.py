"""Drift: what a new set of slices shows, against what a model was trained on."""
