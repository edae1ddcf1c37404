import socket
from concurrent import futures

import grpc
import pytest

from pipeline.beam.job_server import require_job_server
from pipeline.cli import main
from pipeline.settings.loading import ConfigError, load

pytestmark = pytest.mark.numpy


def params(*settings: str):
    return load(None, list(settings), {}, read_file=False).config.beam


def closed_port() -> int:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return own.getsockname()[1]


@pytest.mark.parametrize("engine", ["spark", "flink"])
def test_a_run_without_a_job_server_is_refused_before_it_starts(engine, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    at = f"127.0.0.1:{closed_port()}"
    assert main(["run", "--data", "slices", "--beam", engine, "--set", f"beam.job_endpoint={at}"]) == 1
    assert capsys.readouterr().err == (
        f"ichor: beam.job_endpoint: no job server answers at {at} (Connection refused); start Beam's there, "
        "or run on this machine with --beam direct (docs/scaling.md)\n"
    )
    assert not list(tmp_path.iterdir())


def test_an_impossible_port_is_reported_alike():
    with pytest.raises(ConfigError, match=r"no job server answers at localhost:99999 \(.+\); start Beam's"):
        require_job_server(params("beam.engine=spark", "beam.job_endpoint=localhost:99999"))


def test_a_server_of_another_protocol_is_refused(monkeypatch):
    monkeypatch.setattr("pipeline.beam.job_server.PATIENCE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        at = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(
            ConfigError,
            match=f"what listens at {at} does not speak gRPC within 0.3 s, so it is no job server of Beam; "
            "check the port",
        ):
            require_job_server(params("beam.engine=spark", f"beam.job_endpoint={at}"))


def test_a_server_of_grpc_is_taken_and_direct_needs_none():
    server = grpc.server(futures.ThreadPoolExecutor(1))
    at = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    require_job_server(params("beam.engine=spark", f"beam.job_endpoint={at}"))
    server.stop(None).wait()
    require_job_server(params("beam.engine=direct", f"beam.job_endpoint={at}"))
