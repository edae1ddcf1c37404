"""Kubeflow Pipelines: the same graph as containers, and what upstream does not do for them."""
