"""Workers that an engine starts: they run what ichor's nodes hand over, and end with their pool."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apache_beam as beam
import pyarrow as pa
import pytest
import tfx.v1  # noqa: F401 - before tensorflow_data_validation
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.local_job_service import LocalJobServicer

import tensorflow_data_validation as tfdv  # isort: skip
from pipeline.beam.arguments import beam_args
from pipeline.cli import main
from pipeline.settings.loading import load
from tests.shadowing import imported, write_modules

pytestmark = pytest.mark.tfx

WORKER = [Path(sys.executable).with_name("ichor"), "worker", "--port"]


@contextlib.contextmanager
def pool(folder: Path) -> Iterator[tuple[int, subprocess.Popen]]:
    """A pool as `ichor worker` starts it in a folder, at a port that was free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([*WORKER, str(port)], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == f"worker pool at 127.0.0.1:{port}\n"
            yield port, process
        finally:
            process.terminate()


def children(process: int) -> set[int]:
    printed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True)
    return {int(word) for word in printed.stdout.split()}


def alive(process: int) -> bool:
    status = Path(f"/proc/{process}/status")
    return status.exists() and not re.search(r"^State:\s+Z", status.read_text(), re.MULTILINE)


def test_a_job_server_hands_tensorflow_data_validation_to_a_pool_which_ends_with_all_its_workers(
    tmp_path: Path,
):
    servicer = LocalJobServicer(str(tmp_path / "jobs"))
    jobs = servicer.start_grpc_server(0)
    folder = write_modules(tmp_path / "work")
    with pool(folder) as (port, process):
        settings = [
            "beam.engine=spark",
            f"beam.job_endpoint=localhost:{jobs}",
            f"beam.environment_config=localhost:{port}",
        ]
        options = PipelineOptions(beam_args(load(assignments=settings, environment={}).config.beam))
        batches = [pa.RecordBatch.from_pydict({"area": [[float(number)]]}) for number in range(10)]
        with beam.Pipeline(options=options) as pipeline:
            _ = (
                pipeline
                | beam.Create(batches)
                | tfdv.GenerateStatistics()
                | tfdv.WriteStatisticsToBinaryFile(str(tmp_path / "statistics"))
            )
        workers = children(process.pid)
        assert workers
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    servicer.stop()
    (feature,) = tfdv.load_stats_binary(str(tmp_path / "statistics")).datasets[0].features
    assert (feature.num_stats.common_stats.num_non_missing, feature.num_stats.mean) == (10, 4.5)
    assert [worker for worker in workers if alive(worker)] == []
    assert imported(folder) == []


def test_a_port_that_is_taken_is_reported(capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["worker", "--port", str(port)]) == 1
    assert capsys.readouterr().err == (
        f"ichor: cannot listen at 127.0.0.1:{port}; is another pool running? choose another --port\n"
    )
    assert not [child for child in children(os.getpid()) if "harness" in _command(child)]


def _command(process: int) -> str:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{process}/cmdline").read_text()
    return ""
