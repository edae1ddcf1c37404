"""SliceScorer: what the final model says of each slice, as a table."""
