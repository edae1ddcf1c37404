"""The gate as TFX calls it, on artifacts that are on no local disk."""

import json

import pytest
import tensorflow as tf
from tensorflow_metadata.proto.v0 import anomalies_pb2
from tfx.types.standard_artifacts import ExampleAnomalies

from components.anomaly_gate.anomalies import DataAnomalyError
from components.anomaly_gate.component import AnomalyGate, AnomalyReport

pytestmark = pytest.mark.tfx


def gate(root: str, val: anomalies_pb2.Anomalies) -> None:
    anomalies, report = ExampleAnomalies(), AnomalyReport()
    anomalies.uri, report.uri = f"{root}/anomalies/1", f"{root}/report/1"
    anomalies.split_names = json.dumps(["train", "val"])
    for split, of_split in (("train", anomalies_pb2.Anomalies()), ("val", val)):
        tf.io.gfile.makedirs(f"{anomalies.uri}/Split-{split}")
        with tf.io.gfile.GFile(f"{anomalies.uri}/Split-{split}/SchemaDiff.pb", "wb") as file:
            file.write(of_split.SerializeToString())
    AnomalyGate.test_call(anomalies=anomalies, report=report, code_fingerprint="0")


def test_the_report_names_the_splits_that_were_looked_at():
    gate("ram://clean", anomalies_pb2.Anomalies())
    with tf.io.gfile.GFile("ram://clean/report/1/anomalies.json") as file:
        assert json.loads(file.read()) == {"splits": ["train", "val"], "anomalies": 0}


def test_an_anomaly_stops_the_run_and_leaves_no_report():
    val = anomalies_pb2.Anomalies()
    val.anomaly_info["height"].description = "too small"
    with pytest.raises(DataAnomalyError, match="val: height: too small"):
        gate("ram://marred", val)
    assert not tf.io.gfile.exists("ram://marred/report/1/anomalies.json")
