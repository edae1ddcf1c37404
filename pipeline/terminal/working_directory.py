"""The processes that a command starts import nothing from the working directory.

Python looks there before it looks into site-packages for `python -m` and `python -c`, by which Beam's
multi_processing workers and spawned processes start: a `grpc.py` there, or a `components` package as TFX's
template has, would be taken for the installed. The `ichor` script and `python -P -m` do not look there, but
hand that on to no process that they start.
"""

import contextlib
import os
from collections.abc import Iterator

__all__ = ["never_imported"]

SAFE_PATH = "PYTHONSAFEPATH"


@contextlib.contextmanager
def never_imported() -> Iterator[None]:
    """Sets what keeps Python from looking there, for all processes that are started meanwhile."""
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before
