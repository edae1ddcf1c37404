import pytest
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto.config_pb2 import PerSliceMetricThreshold

from components.evaluator.gates import GATED_METRIC, eval_config
from components.metrics.params import GateParams

pytestmark = pytest.mark.tfx

PARAMS = GateParams(
    min_binary_accuracy=0.8, max_accuracy_drop=0.01, at_specificity=0.9, min_sensitivity_bound=0,
    subgroup_metric="auc", min_subgroup_metric=0, max_ece=1, max_auc_drop=1,
)  # fmt: skip


def thresholds(gating: bool) -> dict[str, list[PerSliceMetricThreshold]]:
    (spec,) = eval_config(PARAMS, gating).metrics_specs
    assert not any(metric.HasField("threshold") for metric in spec.metrics)  # would bind every slice
    return {
        metric.config: list(metric.per_slice_thresholds)
        for metric in spec.metrics
        if metric.per_slice_thresholds
    }


def test_only_binary_accuracy_of_the_whole_split_gates():
    ((config, (gate,)),) = thresholds(gating=True).items()
    assert f'"name": "{GATED_METRIC}"' in config
    assert '"threshold": 0.5' in config
    assert list(gate.slicing_specs) == [tfma.SlicingSpec()]
    assert gate.threshold.value_threshold.lower_bound.value == 0.8


def test_a_candidate_may_be_a_little_worse_than_the_latest_blessed_model():
    ((_, (gate,)),) = thresholds(gating=True).items()
    change = gate.threshold.change_threshold
    assert change.direction == tfma.MetricDirection.HIGHER_IS_BETTER
    assert change.absolute.value == -0.01


def test_the_test_split_gates_nothing():
    assert thresholds(gating=False) == {}


def test_sensitivity_and_specificity_are_those_of_the_model_that_is_pushed():
    (spec,) = eval_config(PARAMS, gating=True).metrics_specs
    settings = {metric.class_name: metric.config for metric in spec.metrics}
    for name in ("Precision", "Recall", "Specificity"):
        assert '"thresholds": 0.5' in settings[name]
    assert '"threshold": 0.5' in settings["BinaryAccuracy"]  # as Keras defines it
