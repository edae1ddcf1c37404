"""A pushed model at work: find it, load it, score, explain."""
