"""What is in a data folder and what a run would make of it, reported before any run, without TensorFlow."""
