"""The errors that ingest raises about a user's data."""

__all__ = ["DataError", "NamingError"]


class DataError(ValueError):
    """The folder, its table or its images cannot be used as they are; the message says the way out."""


class NamingError(DataError):
    """A DataError that names files or quotes a table, and so perhaps patients: for a terminal, not a log."""

    def unnamed(self, data_dir: object) -> DataError:
        """Returns what may be logged instead."""
        return DataError(
            f"data folder {data_dir}: cannot be used as it is; what is wrong names files or rows and is told "
            f"on a terminal alone: ichor inspect {data_dir}"
        )
