"""ModelGate: from scores to figures with intervals, a table of gates, and the last word on a model."""
