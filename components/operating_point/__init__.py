"""The operating point of a trained model: its threshold, and the temperature of its probabilities."""
