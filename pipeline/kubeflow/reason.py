"""Why a step failed, in one line that names no patient."""

import traceback

from pydantic import ValidationError

from components.slices.errors import DataError

SHOWN_TO_USERS = (ConnectionError, DataError, FileNotFoundError)  # their messages say where and the way out
LONGEST = 1000  # characters; what KFP shows of a message


def describe_failure(node: str, error: BaseException, sees_files: bool = False) -> str:
    """Returns one line: the step, what happened, and where in the code if it was none of ours to expect.

    Args:
      node: Id of the step.
      error: Why it stops.
      sees_files: Whether the step reads the user's files, whose names may be patients': of an error that is
        none of ours only its kind and place are reported then.
    """
    if isinstance(error, ValidationError):
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        return f"ichor: {node}: {key}: {problem['msg'].lower()}, got {problem['input']!r}"[:LONGEST]
    text = " ".join(str(error).split())[:LONGEST]
    if isinstance(error, DataError if sees_files else SHOWN_TO_USERS) and text:
        return f"ichor: {node}: {text}"
    last = traceback.extract_tb(error.__traceback__)[-1:]
    if sees_files:
        text = "not reported here, since it may name a file"
    where = "".join(f" ({frame.filename}:{frame.lineno})" for frame in last)
    return f"ichor: {node}: {type(error).__name__}: {text or 'no message'}{where}"
