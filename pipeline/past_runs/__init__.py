"""What ML Metadata and the outputs say of runs."""
