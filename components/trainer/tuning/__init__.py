"""A search over what a training may be given, for TFX Tuner."""
