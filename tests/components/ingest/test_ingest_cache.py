import os

import pytest
from ml_metadata.metadata_store import metadata_store
from ml_metadata.proto.metadata_store_pb2 import Execution
from tfx import v1 as tfx

from components.ingest.component import SliceExampleGen
from components.slices.errors import DataError

pytestmark = pytest.mark.tfx

BEAM = [
    "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner",
    "--sdk_container_image=none",  # or TFX builds a package of itself for workers elsewhere, 4 s a node
]
RUN, CACHED, FAILED = Execution.COMPLETE, Execution.CACHED, Execution.FAILED


@pytest.fixture
def run(data_dir, tmp_path, params, fixed_key):
    """Runs the node in a pipeline on the data folder; returns the state of the execution."""
    changes = {"patient_pattern": r"(?P<patient>P\d+)_", "key_file": str(fixed_key)}
    params = params.model_copy(update=changes)
    connection = tfx.orchestration.metadata.sqlite_metadata_connection_config(str(tmp_path / "metadata.db"))

    def once(expected=None):
        pipeline = tfx.dsl.Pipeline(
            pipeline_name="ingest",
            pipeline_root=str(tmp_path / "root"),
            components=[SliceExampleGen(str(data_dir), params, "code")],
            metadata_connection_config=connection,
            enable_cache=True,
            beam_pipeline_args=list(BEAM),
        )
        if expected:
            with pytest.raises(DataError, match=expected):
                tfx.orchestration.LocalDagRunner().run(pipeline)
        else:
            tfx.orchestration.LocalDagRunner().run(pipeline)
        executions = metadata_store.MetadataStore(connection).get_executions()
        return max(executions, key=lambda execution: execution.id).last_known_state

    return once


@pytest.fixture
def patients(data_dir, draw):
    for patient in range(24):
        draw(data_dir / "hemorrhage" / f"P{patient}_1.png", 2 * patient)
        draw(data_dir / "normal" / f"P{patient}_2.png", 2 * patient + 1)


@pytest.mark.usefixtures("patients")
def test_what_goes_into_the_records_re_runs_and_nothing_else_does(run, data_dir, tmp_path, fixed_key):
    assert run() == RUN
    assert run() == CACHED
    for path in data_dir.rglob("*.png"):
        os.utime(path, (1, 1))
    (data_dir / "notes.txt").write_text("notes")
    assert run() == CACHED
    (data_dir / "normal/P3_2.png").rename(data_dir / "hemorrhage/P3_2.png")
    assert run() == RUN
    fixed_key.write_bytes(fixed_key.read_bytes()[::-1])
    assert run() == RUN
    database = (tmp_path / "metadata.db").read_bytes()
    assert b"input_fingerprint" in database
    assert b"P3_" not in database


@pytest.mark.usefixtures("patients")
def test_a_folder_that_cannot_be_used_is_recorded_as_a_failed_run(run, data_dir, tmp_path):
    (data_dir / "labels.csv").write_text("file,hemorrhage\nP1_1.png,1\nP1_1.png,1\n")
    assert run(expected="what is wrong names files or rows and is told on a terminal alone") == FAILED
    assert [path for path in (tmp_path / "root").rglob("*") if path.is_file()] == []
    (data_dir / "labels.csv").unlink()
    assert run() == RUN
