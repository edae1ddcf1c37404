"""From gate parameters to a TFMA configuration: what is measured, by what, and what is demanded."""

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto.config_pb2 import PerSliceMetricThreshold

from components.metrics.catalogue import bounds
from components.metrics.params import GateParams
from schemas import features

__all__ = ["eval_config"]

(GATED_METRIC,) = {name for name, bound in bounds() if bound.by_evaluator}  # the one that TFMA judges
KERAS_THRESHOLD = 0.5  # Keras' own; what the model's operating threshold gives, ModelGate measures


def eval_config(params: GateParams, gating: bool) -> tfma.EvalConfig:
    """Returns what Evaluator measures and, if it gates, demands.

    Args:
      params: Bounds.
      gating: True for the validation split; False only measures, as for the test split.
    """
    return tfma.EvalConfig(
        model_specs=[
            tfma.ModelSpec(
                signature_name="serving_default",
                label_key=features.LABEL,
                prediction_key=features.PROBABILITY,
            )
        ],
        slicing_specs=[tfma.SlicingSpec(), tfma.SlicingSpec(feature_keys=[features.ATTRIBUTES])],
        metrics_specs=[tfma.MetricsSpec(metrics=_metrics(params, gating))],
    )


def _metrics(params: GateParams, gating: bool) -> list[tfma.MetricConfig]:
    cut = f'"thresholds": {KERAS_THRESHOLD}'
    return [
        tfma.MetricConfig(class_name="ExampleCount"),
        tfma.MetricConfig(
            class_name="BinaryAccuracy",
            config=f'"name": "{GATED_METRIC}", "threshold": {KERAS_THRESHOLD}',
            per_slice_thresholds=[_on_everything(params)] if gating else [],
        ),
        tfma.MetricConfig(class_name="BinaryCrossEntropy", config='"name": "loss"'),
        tfma.MetricConfig(class_name="AUC", config='"name": "auc"'),
        tfma.MetricConfig(class_name="Precision", config=f'"name": "precision", {cut}'),
        tfma.MetricConfig(class_name="Recall", config=f'"name": "recall", {cut}'),
        tfma.MetricConfig(class_name="Specificity", config=f'"name": "specificity", {cut}'),
        tfma.MetricConfig(
            class_name="SensitivityAtSpecificity",
            config=f'"name": "sensitivity_at_specificity", "specificity": {params.at_specificity}',
        ),
        tfma.MetricConfig(class_name="MeanLabel", config='"name": "prevalence"'),
        tfma.MetricConfig(class_name="MeanPrediction", config='"name": "mean_probability"'),
        tfma.MetricConfig(class_name="Calibration", config='"name": "calibration"'),
        tfma.MetricConfig(class_name="CalibrationPlot"),
        tfma.MetricConfig(class_name="ConfusionMatrixPlot"),
        tfma.MetricConfig(
            class_name="ConfusionMatrixAtThresholds",
            config=f'"name": "confusion_matrix", "thresholds": [{KERAS_THRESHOLD}]',
        ),
    ]


def _on_everything(params: GateParams) -> PerSliceMetricThreshold:
    """A bare `threshold` would be demanded of every slice of the data, down to a few examples."""
    return PerSliceMetricThreshold(
        slicing_specs=[tfma.SlicingSpec()],
        threshold=tfma.MetricThreshold(
            value_threshold=tfma.GenericValueThreshold(lower_bound={"value": params.min_binary_accuracy}),
            change_threshold=tfma.GenericChangeThreshold(
                direction=tfma.MetricDirection.HIGHER_IS_BETTER,
                absolute={"value": -params.max_accuracy_drop},
            ),
        ),
    )
