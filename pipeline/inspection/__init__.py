"""What is in a data folder and what a run would make of it, told before any run, without TensorFlow."""
