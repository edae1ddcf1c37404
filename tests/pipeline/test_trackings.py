"""Trackings in stores on this machine, read back; nothing of machine or user is among it."""

import base64
import getpass
import http.server
import json
import platform
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import wandb
from mlflow import MlflowClient
from wandb.proto import wandb_internal_pb2

from pipeline.tracking.mlflow_run import MlflowRun
from pipeline.tracking.wandb_run import WandbRun
from schemas.history import Row

pytestmark = pytest.mark.tfx

BLOCK = 2**15  # bytes

SETTINGS = {"trainer.epochs": 2, "trainer.trunk": "tiny", "tuner.enabled": False}
FACTS = {"blessed": True, "val/auc": 0.875, "pushed_version": "1795500834"}
ROWS = [
    Row(epoch, 0.5 - 0.1 * epoch, 0.5, 0.75 - 0.25 * epoch, 0.5, f"2026-01-02T03:04:0{epoch}+00:00", 1.5)
    for epoch in (0, 1, 2)
]


def log_training(tracker: WandbRun | MlflowRun, succeeded: bool = True) -> None:
    for row in ROWS:
        tracker.epoch(row)
    tracker.end(FACTS, succeeded)


def records(folder: Path) -> Iterator[wandb_internal_pb2.Record]:
    """What a W&B run would send, from its file: seven bytes, then LevelDB's log format.

    Source: https://github.com/google/leveldb/blob/main/doc/log_format.md
    """
    (path,) = folder.rglob("*.wandb")
    data = path.read_bytes()
    at, whole = 7, b""
    while at + 7 <= len(data):
        if BLOCK - at % BLOCK < 7:  # too little is left of a block for a header
            at += BLOCK - at % BLOCK
            continue
        length, kind = struct.unpack("<HB", data[at + 4 : at + 7])
        whole += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):  # whole, or the last part
            yield wandb_internal_pb2.Record.FromString(whole)
            whole = b""


def pairs(items) -> dict:
    return {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in items}


@pytest.fixture(scope="module")
def wandb_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wandb")
    log_training(WandbRun("heads", "2026-01-02", SETTINGS, "offline", folder))
    wandb.teardown()  # W&B's service writes on after finish() is back; a process waits for it at its end
    return folder


def test_wandb_has_the_settings_each_epoch_and_what_the_run_came_to(wandb_folder: Path):
    (run,) = (record.run for record in records(wandb_folder) if record.HasField("run"))
    assert (run.project, run.display_name) == ("heads", "2026-01-02")
    assert {k: v for k, v in pairs(run.config.update).items() if k != "_wandb"} == SETTINGS
    history = [pairs(r.history.item) for r in records(wandb_folder) if r.HasField("history")]
    assert [(row["epoch"], row["val_loss"]) for row in history] == [(0, 0.75), (1, 0.5), (2, 0.25)]
    summaries = [pairs(r.summary.update) for r in records(wandb_folder) if r.HasField("summary")]
    summary_of = {name: value for summary in summaries for name, value in summary.items()}
    assert {name: summary_of[name] for name in FACTS} == FACTS


def test_wandb_would_send_nothing_of_the_machine_the_user_the_code_or_the_packages(wandb_folder: Path):
    (path,) = wandb_folder.rglob("*.wandb")
    sent = path.read_bytes()
    words = {getpass.getuser(), socket.gethostname(), platform.node(), platform.release(), str(Path.home())}
    for word in {*words, str(Path.cwd()), str(wandb_folder), "tensorflow", "pytest"}:
        assert word.encode() not in sent or len(word) < 3, word
    kinds = {record.WhichOneof("record_type") for record in records(wandb_folder)}
    assert not kinds & {"files", "stats", "output", "output_raw", "environment", "artifact"}
    folder = path.parent
    assert [file.name for file in folder.rglob("*") if file.is_file() and file.parent.name != "logs"] == [
        path.name
    ]


def test_mlflow_has_the_settings_each_epoch_and_what_the_run_came_to(tmp_path: Path):
    log_training(MlflowRun("heads", "2026-01-02", SETTINGS, "", tmp_path / "store"))
    client = MlflowClient(tracking_uri=(tmp_path / "store").as_uri())
    (run,) = client.search_runs([client.get_experiment_by_name("heads").experiment_id])
    assert run.data.params == {key: str(value) for key, value in SETTINGS.items()}
    assert run.data.metrics["val/auc"] == 0.875
    history = client.get_metric_history(run.info.run_id, "val_loss")
    assert [(metric.step, metric.value) for metric in history] == [(0, 0.75), (1, 0.5), (2, 0.25)]
    assert history[1].timestamp == 1767323041000  # 2026-01-02 03:04:01 UTC, in milliseconds
    assert (run.info.status, run.data.tags["blessed"]) == ("FINISHED", "True")
    assert run.data.tags.keys() == {
        "mlflow.runName",
        "blessed",
        "pushed_version",
    }  # no user, source or commit
    assert run.info.user_id in ("", "unknown")


def test_a_second_run_joins_the_experiment_of_the_first_and_a_failed_one_is_marked(tmp_path: Path):
    for succeeded in (True, False):
        log_training(
            MlflowRun("heads", "a", SETTINGS, (tmp_path / "s").as_uri(), tmp_path / "unused"), succeeded
        )
    client = MlflowClient(tracking_uri=(tmp_path / "s").as_uri())
    runs = client.search_runs([client.get_experiment_by_name("heads").experiment_id])
    assert sorted(run.info.status for run in runs) == ["FAILED", "FINISHED"]
    assert not (tmp_path / "unused").exists()


def test_a_servers_password_is_sent_to_it_and_stands_in_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sent: list[str | None] = []

    class Silent(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(self.headers["Authorization"])
            self.close_connection = True

    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.setenv(name, "put back after the test")
    server = http.server.HTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    with pytest.raises(Exception, match=f"API request to http://127.0.0.1:{port}/x/") as raised:
        MlflowRun("heads", "one", {}, f"http://ann:s%40cret@127.0.0.1:{port}/x", tmp_path)
    server.shutdown()
    server.server_close()
    assert set(sent) == {"Basic " + base64.b64encode(b"ann:s@cret").decode()}
    assert "cret" not in str(raised.value)
    assert "ann" not in str(raised.value)
