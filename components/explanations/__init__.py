"""Where a model looked, asked of its SavedModel, and what that is worth."""
