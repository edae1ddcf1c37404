"""What a run is said to have come to, from hand-made runs."""

import pytest
import tensorflow as tf
from tensorflow_model_analysis.proto.validation_result_pb2 import ValidationResult

from pipeline.runs import ArtifactRef, NodeRun, Run
from pipeline.verdict import Status, verdict

pytestmark = pytest.mark.tfx


@pytest.fixture
def pushed(tmp_path):
    """The folder of pushed versions 5 and 9."""
    for version in ("5", "9"):
        (tmp_path / "pushed" / version).mkdir(parents=True)
        (tmp_path / "pushed" / version / "saved_model.pb").write_bytes(b"model")
    return tmp_path / "pushed"


def run_of(tmp_path, *, blessed: int, version=None) -> Run:
    """A run whose model was judged, and pushed as a version if one is given."""
    evaluator = {
        "evaluation": ArtifactRef(1, tmp_path / "evaluation", {}),
        "blessing": ArtifactRef(2, tmp_path / "blessing", {"blessed": blessed}),
    }
    destination = {"pushed": 1, "pushed_destination": str(version)} if version else {"pushed": 0}
    pusher = {"pushed_model": ArtifactRef(3, tmp_path / "artifact", destination)}
    nodes = [NodeRun("Evaluator", "ran", evaluator), NodeRun("Pusher", "ran", pusher)]
    return Run("2026", {node.node: node for node in nodes})


def not_blessed(tmp_path, result: ValidationResult) -> tuple[str, Status]:
    """The verdict on a model with these validation results."""
    (tmp_path / "evaluation").mkdir()
    with tf.io.TFRecordWriter(str(tmp_path / "evaluation" / "validations.tfrecord")) as file:
        file.write(result.SerializeToString())
    return verdict(run_of(tmp_path, blessed=0))


def test_the_newest_pushed_model_is_named(tmp_path, pushed):
    text, status = verdict(run_of(tmp_path, blessed=1, version=pushed / "9"))
    assert (text, status) == (f"BLESSED; model pushed to {pushed / '9'}", Status.PUSHED)


def test_of_an_older_one_it_is_said_that_a_newer_one_is_served(tmp_path, pushed):
    text, status = verdict(run_of(tmp_path, blessed=1, version=pushed / "5"))
    assert status is Status.PUSHED
    assert "A later one pushed 9, which `ichor predict` takes; " in text
    assert f"for this one: ichor predict --model {pushed / '5'}" in text


def test_a_pushed_model_that_is_gone_is_an_error_with_the_way_out(tmp_path, pushed):
    (pushed / "9" / "saved_model.pb").unlink()
    text, status = verdict(run_of(tmp_path, blessed=1, version=pushed / "9"))
    assert text == f"BLESSED, but {pushed / '9'} is gone; copy it back from {tmp_path / 'artifact'}"
    assert status is Status.FAILED


def test_a_run_that_stopped_early_came_to_no_model():
    assert verdict(Run("2026", {})) == ("NO MODEL: the run did not come to an evaluation", Status.FAILED)


def test_a_missed_bound_is_told_with_value_and_bound(tmp_path):
    result = ValidationResult()
    failure = result.metric_validations_per_slice.add().failures.add()
    failure.metric_key.name = "binary_accuracy"
    failure.metric_value.double_value.value = 0.75
    failure.metric_threshold.value_threshold.lower_bound.value = 0.8
    text, status = not_blessed(tmp_path, result)
    assert text.splitlines() == [
        "NOT_BLESSED: binary_accuracy is 0.7500, must be at least 0.8",
        "Nothing was pushed.",
    ]
    assert status is Status.NOT_BLESSED


def test_a_model_worse_than_the_blessed_one_is_told_by_how_much(tmp_path):
    result = ValidationResult()
    failure = result.metric_validations_per_slice.add().failures.add()
    failure.metric_key.name = "binary_accuracy"
    failure.metric_key.is_diff = True
    failure.metric_value.double_value.value = -0.03
    failure.metric_threshold.change_threshold.absolute.value = -0.01
    text, _ = not_blessed(tmp_path, result)
    change = "binary_accuracy changed by -0.0300 against the latest blessed model"
    assert f"{change}, must be -0.01 or better" in text
