"""Where a model looked, by its SavedModel, and what that is worth."""
