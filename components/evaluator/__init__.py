"""The gates that a model has to pass, as a TFMA configuration."""
