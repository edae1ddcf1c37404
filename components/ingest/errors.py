"""The one error that ingest raises about a user's data."""


class DataError(ValueError):
    """The folder, its table or its images cannot be used as they are; the message says the way out."""
