"""The one error that an import raises about a public set."""

__all__ = ["SourceError"]


class SourceError(ValueError):
    """The folder is not the set that it should be, or cannot be imported; the message says the way out."""
