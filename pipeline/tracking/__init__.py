"""Runs followed in Weights & Biases and MLflow, beside the graph: no node knows of it."""
