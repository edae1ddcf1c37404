"""SliceExampleGen's executor run on a folder, and what it wrote."""

import csv
import io
import json
from pathlib import Path

import tensorflow as tf
from tfx.types import artifact_utils, standard_artifacts

from components.artifacts import IngestReport
from components.ingest.component import SliceExampleGen
from components.ingest.executor import Executor
from schemas.records import SliceRecord

BEAM = [
    "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner",
    "--sdk_container_image=none",  # or TFX builds a package of itself for workers elsewhere, 4 s a node
]


class Ingested:
    """What one run of the executor wrote, read back."""

    def __init__(self, data_dir: Path, out: Path, params) -> None:
        node = SliceExampleGen(str(data_dir), params, "code")
        self.examples, self.report = standard_artifacts.Examples(), IngestReport()
        self.examples.uri, self.report.uri = str(out / "examples"), str(out / "report")
        executor = Executor(Executor.Context(beam_pipeline_args=list(BEAM), tmp_dir=str(out / "tmp")))
        outputs = {"examples": [self.examples], "report": [self.report]}
        executor.Do({}, outputs, dict(node.exec_properties))
        self.splits = artifact_utils.decode_split_names(self.examples.split_names)
        self.summary = json.loads(Path(self.report.uri, "ingest.json").read_text())

    def raw(self, split: str) -> list[bytes]:
        files = sorted(Path(self.examples.uri, f"Split-{split}").iterdir())
        return [data.numpy() for data in tf.data.TFRecordDataset([str(file) for file in files])]

    def records(self, split: str) -> list[SliceRecord]:
        return [SliceRecord.from_example(tf.train.Example.FromString(data)) for data in self.raw(split)]

    def patients(self) -> dict[str, str]:
        return {record.patient_id: split for split in self.splits for record in self.records(split)}

    def rejections(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(Path(self.report.uri, "rejections.csv").read_text())))
