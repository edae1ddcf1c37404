"""ModelGate: scores in, figures with intervals and the last word on a model out."""

import logging
import os

from tfx.components.evaluator import constants
from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.io import fileio
from tfx.types.standard_artifacts import Model, ModelBlessing
from tfx.utils import io_utils, path_utils

from components.artifacts import ScoreEvaluation, SliceScores
from components.metrics.params import EvaluationParams, GateParams
from components.model_gate.evaluation import evaluate
from components.model_gate.gates import gate_table, tell_gate
from schemas import features
from schemas.accounts import EVALUATION_FILE
from schemas.accounts.evaluation import ModelPoint
from schemas.accounts.model import ModelAccount
from schemas.scores import SCORES_FILE, ScoreTable, read_scores

__all__ = ["ModelGate"]

log = logging.getLogger("ichor.model_gate")


@component
def ModelGate(
    scores: InputArtifact[SliceScores],
    model: InputArtifact[Model],
    evaluator_blessing: InputArtifact[ModelBlessing],
    evaluation: OutputArtifact[ScoreEvaluation],
    blessing: OutputArtifact[ModelBlessing],
    evaluation_json: Parameter[str],
    gate_json: Parameter[str],
    threshold_rule: Parameter[str],
    code_fingerprint: Parameter[str],
) -> None:
    """Measures a model by its scores, holds it against its gates, and blesses it or not.

    Args:
      scores: Of the model, and on the validation split of the latest blessed one.
      model: With its operating point.
      evaluator_blessing: What TFMA's Evaluator decided by its own thresholds.
      evaluation: A folder of evaluation.json.
      blessing: As TFX's Evaluator would write it, and marked by `features.FINAL_BLESSING`. A model is blessed
        if all gates are passed and Evaluator blessed it too.
      evaluation_json: EvaluationParams.
      gate_json: GateParams.
      threshold_rule: By which the model's threshold was chosen, to be told.
      code_fingerprint: Of the sources that decide; read by TFX's cache alone.

    Raises:
      ValueError: The validation split, which is judged, has no scores.
    """
    del code_fingerprint
    params, bounds = EvaluationParams.from_json(evaluation_json), GateParams.from_json(gate_json)
    evaluator_blessed = (
        evaluator_blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY) == 1
    )
    measured = evaluate(_scores(scores), _operating_point(model, threshold_rule), params, bounds)
    gates = gate_table(measured, bounds, evaluator_blessed)
    blessed = evaluator_blessed and all(gate.passed for gate in gates)
    account = measured.account([gate.row() for gate in gates], blessed)
    io_utils.write_string_file(_in(evaluation.uri, EVALUATION_FILE), account.to_json())
    for row in account.gates:
        log.info("%s: %s", "passed" if row.passed else "FAILED", tell_gate(row))
    _bless(blessing, model, evaluator_blessing, blessed)


def _scores(scores: SliceScores) -> ScoreTable:
    return read_scores(io_utils.ensure_local(_in(scores.uri, SCORES_FILE)))


def _operating_point(model: Model, rule: str) -> ModelPoint:
    file = _in(path_utils.serving_model_path(model.uri), features.TRAINED_ON_FILE)
    with fileio.open(file, "rb") as opened:
        point = ModelAccount.from_json(opened.read(), file)
    return ModelPoint(
        threshold=point.threshold, temperature=point.temperature, version=point.version, rule=rule
    )


def _bless(blessing: ModelBlessing, model: Model, evaluator_blessing: ModelBlessing, blessed: bool) -> None:
    """Writes what Pusher and the next run's Resolver look at."""
    name = constants.BLESSED_FILE_NAME if blessed else constants.NOT_BLESSED_FILE_NAME
    io_utils.write_string_file(_in(blessing.uri, name), "")
    uri, number = (
        constants.ARTIFACT_PROPERTY_BASELINE_MODEL_URI_KEY,
        constants.ARTIFACT_PROPERTY_BASELINE_MODEL_ID_KEY,
    )
    if evaluator_blessing.has_custom_property(uri):
        blessing.set_string_custom_property(uri, evaluator_blessing.get_string_custom_property(uri))
        blessing.set_int_custom_property(number, evaluator_blessing.get_int_custom_property(number))
    blessing.set_string_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_URI_KEY, model.uri)
    blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY, model.id)
    blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY, int(blessed))
    blessing.set_int_custom_property(features.FINAL_BLESSING, 1)


def _in(uri: str, name: str) -> str:
    return os.path.join(uri, name)  # noqa: PTH118 - a URI, not a path
