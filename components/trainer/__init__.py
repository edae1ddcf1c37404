"""The model, its training and its export."""
