"""AnomalyGate: stops the run where ExampleValidator only writes anomalies down."""
