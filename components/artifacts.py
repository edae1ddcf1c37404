"""The artifacts that nodes hand to each other, and what a node that stops the run leaves behind.

`schemas.accounts` and `schemas.scores` name the files in them.
"""

import os

from tfx.dsl.io import fileio
from tfx.types.artifact import Artifact

__all__ = ["IngestReport", "LeakageReport", "ScoreEvaluation", "SliceReport", "SliceScores", "keep_stopped"]


class IngestReport(Artifact):
    """A folder with `ingest.json` (counts and reasons) and `rejections.csv` (one row a slice)."""

    TYPE_NAME = "ichor.IngestReport"


class SliceReport(Artifact):
    """A folder of filter.json, dropped.csv, sweep.csv and contact_sheet.png."""

    TYPE_NAME = "ichor.SliceReport"


class LeakageReport(Artifact):
    """A folder of leakage.json, slices.csv and pairs.png."""

    TYPE_NAME = "ichor.LeakageReport"


class SliceScores(Artifact):
    """A folder of scores.parquet, as `schemas.scores` describes it."""

    TYPE_NAME = "ichor.SliceScores"


class ScoreEvaluation(Artifact):
    """A folder of evaluation.json: what the scores come to, and which gates they pass."""

    TYPE_NAME = "ichor.ScoreEvaluation"


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
