import pytest
from tensorflow_metadata.proto.v0 import anomalies_pb2

from components.anomaly_gate.anomalies import DataAnomalyError, describe, stop_if_any

pytestmark = pytest.mark.tf


def anomalies(**descriptions: str) -> anomalies_pb2.Anomalies:
    of_split = anomalies_pb2.Anomalies()
    for feature, text in descriptions.items():
        of_split.anomaly_info[feature].description = text
    return of_split


def test_clean_splits_let_the_run_go_on():
    stop_if_any(describe({"train": anomalies(), "val": anomalies()}))


def test_every_anomaly_is_named_with_split_feature_and_text():
    with pytest.raises(DataAnomalyError) as error:
        stop_if_any(
            describe(
                {
                    "val": anomalies(height="Unexpectedly small value: 0."),
                    "train": anomalies(width="too large", height="too small"),
                }
            )
        )
    assert str(error.value) == (
        "the data do not keep to schemas/slices.pbtxt, 3 anomalies:\n"
        "  train: height: too small\n"
        "  train: width: too large\n"
        "  val: height: Unexpectedly small value: 0.\n"
        "Mend the data, or the schema where the data are right."
    )


def test_an_anomaly_of_a_whole_split_counts_too():
    of_split = anomalies()
    of_split.dataset_anomaly_info.description = "The dataset has no examples."
    assert describe({"test": of_split}) == ["test: the whole split: The dataset has no examples."]
