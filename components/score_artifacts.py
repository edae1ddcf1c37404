"""The artifact that one node writes scores into and others read them from."""

from tfx.types.artifact import Artifact


class SliceScores(Artifact):
    """A folder of scores.parquet, as `schemas.scores` describes it."""

    TYPE_NAME = "ichor.SliceScores"


class ScoreEvaluation(Artifact):
    """A folder of evaluation.json: what the scores come to, and which gates they pass."""

    TYPE_NAME = "ichor.ScoreEvaluation"
