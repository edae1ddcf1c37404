"""On which engine Beam runs what a graph asks of it."""
