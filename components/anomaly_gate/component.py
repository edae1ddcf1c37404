"""AnomalyGate: a node that fails when ExampleValidator reports anything."""

import os

from tensorflow_metadata.proto.v0 import anomalies_pb2
from tfx import v1 as tfx
from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import ExampleAnomalies
from tfx.utils import io_utils

from components.anomaly_gate.anomalies import describe, stop_if_any
from schemas.accounts import ANOMALIES_FILE
from schemas.accounts.anomalies import AnomalyAccount

__all__ = ["AnomalyGate", "AnomalyReport"]

_ANOMALIES_FILE = "SchemaDiff.pb"  # ExampleValidator's own name for it


class AnomalyReport(tfx.dsl.Artifact):
    """A folder with ANOMALIES_FILE: the splits that were looked at."""

    TYPE_NAME = "ichor.AnomalyReport"


@component
def AnomalyGate(
    anomalies: InputArtifact[ExampleAnomalies],
    report: OutputArtifact[AnomalyReport],
    code_fingerprint: Parameter[str],
) -> None:
    """Stops the run before training when the data do not keep to the schema.

    Raises:
      DataAnomalyError: ExampleValidator reports an anomaly.
    """
    splits = artifact_utils.decode_split_names(anomalies.split_names)
    anomalies_by_split = {}
    for split in splits:
        path = os.path.join(artifact_utils.get_split_uri([anomalies], split), _ANOMALIES_FILE)  # noqa: PTH118
        with fileio.open(path, "rb") as file:
            anomalies_by_split[split] = anomalies_pb2.Anomalies.FromString(file.read())
    stop_if_any(describe(anomalies_by_split))
    text = AnomalyAccount(splits=tuple(splits), anomalies=0).to_json()
    io_utils.write_string_file(os.path.join(report.uri, ANOMALIES_FILE), text)  # noqa: PTH118 - a URI, not a path
