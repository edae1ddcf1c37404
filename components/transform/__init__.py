"""The preprocessing graph shared by training, evaluation and serving."""
