"""Synthetic head CT with known answers."""
