"""The engines that run the graph's Beam pipelines."""
