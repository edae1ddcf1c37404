"""SliceScorer: the final model and the examples in, a table of scores out."""

import logging
import tempfile
from pathlib import Path

from tfx.components.util import examples_utils
from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import Examples, Model
from tfx.utils import path_utils

from components.artifacts import SliceScores
from components.scored_slices import patients_of, score_slices
from components.scorer.params import ScorerParams
from components.scorer.sample import some_patients
from components.served_model import ServedModel
from schemas.features import TRAIN, VAL
from schemas.scores import SCORES_FILE, joined, write_scores

__all__ = ["SliceScorer"]

log = logging.getLogger("ichor.scorer")


@component
def SliceScorer(
    model: InputArtifact[Model],
    examples: InputArtifact[Examples],
    scores: OutputArtifact[SliceScores],
    params_json: Parameter[str],
    code_fingerprint: Parameter[str],
    baseline_model: InputArtifact[Model] = None,
) -> None:
    """Scores all slices of val and test and some of train, by the signature that a server uses.

    Args:
      model: With its operating point.
      examples: SliceRecords in TFRecords.
      scores: A folder of scores.parquet.
      params_json: ScorerParams.
      code_fingerprint: Of the sources that decide; read by TFX's cache alone.
      baseline_model: The latest blessed model, if there is one; it scores val.

    Raises:
      ValueError: A split has no slice, or the model cannot read one.
    """
    del code_fingerprint
    params = ScorerParams.from_json(params_json)
    loaded = ServedModel(path_utils.serving_model_path(model.uri))
    baseline = ServedModel(path_utils.serving_model_path(baseline_model.uri)) if baseline_model else None
    tables = []
    for split in artifact_utils.decode_split_names(examples.split_names):
        patterns = examples_utils.get_split_file_patterns([examples], split)
        chosen = None
        if split == TRAIN:
            if not params.train_slices:
                continue
            chosen = some_patients(patients_of(patterns), params.train_slices, params.seed)
        of_split = score_slices(loaded, split, patterns, baseline if split == VAL else None, chosen)
        log.info("%s: %d slices scored", split, len(of_split))
        tables.append(of_split)
    with tempfile.TemporaryDirectory() as folder:  # the artifact may be remote
        local = Path(folder) / SCORES_FILE
        write_scores(joined(tables), local)
        fileio.makedirs(scores.uri)
        fileio.copy(str(local), f"{scores.uri}/{SCORES_FILE}", overwrite=True)
