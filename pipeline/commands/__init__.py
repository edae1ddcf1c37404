"""The commands of `ichor`: a module each, with its arguments and what it does."""
