"""Every failure of reading a DICOM file as one exception, whose text holds nothing of a patient."""

import contextlib
import logging
import warnings
from collections.abc import Iterator

from components.slices.dicom.bounded import TooMuch
from components.slices.header import Reason, Rejection


class Unreadable(ValueError):
    """A file is no sound DICOM data set, or none of a CT slice; holds the rejection."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(str(reason))
        self.rejection = Rejection(reason, detail)


@contextlib.contextmanager
def as_unreadable() -> Iterator[None]:
    """Raises every error of its block as `Unreadable`.

    Parsers and decoders raise nearly anything on damaged files, and their messages, warnings and logs quote
    values, which may be a patient's: only the name of the exception's type is kept.

    Raises:
      Unreadable: Something went wrong.
    """
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Unreadable:
        raise
    except TooMuch as error:
        raise Unreadable(Reason.TOO_LARGE, str(error)) from error
    except OSError as error:
        if error.errno is None:  # pydicom's word for bytes that are not there
            raise Unreadable(Reason.TRUNCATED, type(error).__name__) from error
        raise Unreadable(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__) from error
    except EOFError as error:
        raise Unreadable(Reason.TRUNCATED, type(error).__name__) from error
    except Exception as error:
        raise Unreadable(Reason.CORRUPT, type(error).__name__) from error
