"""The one error that an import raises about a public set."""


class SourceError(ValueError):
    """The folder is not the set that it should be, or cannot be imported; the message says the way out."""
