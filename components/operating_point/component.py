"""OperatingPoint: a trained model in, the same model with its threshold and temperature out."""

import logging

from tfx.components.util import examples_utils
from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.types.standard_artifacts import Examples, Model
from tfx.utils import path_utils

from components.metrics.operating_point import apply_temperature, choose_threshold, fit_temperature
from components.operating_point.params import ThresholdParams
from components.operating_point.saved_model import set_operating_point
from components.scored_slices import score_slices
from components.served_model import ServedModel
from schemas.features import VAL

__all__ = ["OperatingPoint"]

log = logging.getLogger("ichor.operating_point")


@component
def OperatingPoint(
    trained_model: InputArtifact[Model],
    examples: InputArtifact[Examples],
    model: OutputArtifact[Model],
    params_json: Parameter[str],
    code_fingerprint: Parameter[str],
) -> None:
    """Chooses threshold and temperature on the validation split and stores them in the model.

    Args:
      trained_model: As Trainer exports it.
      examples: SliceRecords in TFRecords; only the split val is read.
      model: The same SavedModel with threshold, temperature and version inside.
      params_json: ThresholdParams.
      code_fingerprint: Of the sources that decide; read by TFX's cache alone.

    Raises:
      ValueError: The validation split lacks a class that the rule needs.
    """
    del code_fingerprint
    params = ThresholdParams.from_json(params_json)
    source = path_utils.serving_model_path(trained_model.uri)
    patterns = examples_utils.get_split_file_patterns([examples], VAL)
    scored = score_slices(ServedModel(source), VAL, patterns)
    label, probability = scored.hemorrhage, scored.probability
    temperature = 1.0
    if params.temperature_scaling:
        temperature = fit_temperature(label, probability)
        probability = apply_temperature(probability, temperature)
    threshold = choose_threshold(label, probability, params.rule, params.wanted())
    version = set_operating_point(source, path_utils.serving_model_dir(model.uri), threshold, temperature)
    called, ill = probability >= threshold, label == 1
    log.info(
        "threshold %.4f by rule %s, temperature %.3f; on val finds %d of %d hemorrhages and calls %d of %d "
        "normals one; model %s", threshold, params.rule, temperature, (called & ill).sum(), ill.sum(),
        (called & ~ill).sum(), (~ill).sum(), version,
    )  # fmt: skip
