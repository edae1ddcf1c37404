"""What a node that stops the run leaves behind: TFX deletes the outputs of a node that failed."""

import os

from tfx.dsl.io import fileio


def keep_stopped(uri: str) -> str:
    """Copies the files of an output artifact beside it, so that they can be looked at after the run stopped.

    Args:
      uri: Of the artifact.
    Returns:
      The folder with the copies, `stopped-N` beside N.
    """
    parent, name = os.path.split(uri.rstrip("/"))
    folder = os.path.join(parent, f"stopped-{name}")  # noqa: PTH118 - a URI, not a path
    fileio.makedirs(folder)
    for file in fileio.listdir(uri):
        fileio.copy(os.path.join(uri, file), os.path.join(folder, file), overwrite=True)  # noqa: PTH118
    return folder
