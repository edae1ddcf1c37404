import datetime
import json
from typing import Any

import pytest

from pipeline.cli import main
from tests.kubeflow_api.server import Fault, Kfp, serving
from tests.kubeflow_api.state import NOT_YET, State

pytestmark = pytest.mark.numpy

MORNING = datetime.datetime(2026, 3, 4, 5, 6, 0, tzinfo=datetime.UTC)


def add(
    state: State, name: str, verdict: str, minute: int, seconds: int | None, **more: Any
) -> dict[str, Any]:
    """Adds a run that began a minute after others; `seconds` is how long it took, None if it goes on."""
    began = MORNING + datetime.timedelta(minutes=minute)
    ended = NOT_YET if seconds is None else (began + datetime.timedelta(seconds=seconds)).isoformat()
    state.runs[name] = {
        "run_id": f"id-{minute}",
        "display_name": name,
        "experiment_id": "e1",
        "state": verdict,
        "created_at": began.isoformat(),
        "finished_at": ended,
        **more,
    }
    return state.runs[name]


def clock(minute: int) -> str:
    """Returns the time of a run's start as it is shown here."""
    return f"{(MORNING + datetime.timedelta(minutes=minute)).astimezone():%Y-%m-%d %H:%M}"


def test_runs_are_a_table_with_the_latest_at_its_end(kfp: Kfp, capsys):
    add(kfp.state, "first night", "SUCCEEDED", 0, 3725)
    add(kfp.state, "second", "RUNNING", 7, None)
    add(kfp.state, "old", "CANCELED", 3, 20)
    add(kfp.state, "put away", "SUCCEEDED", 4, 20, storage_state="ARCHIVED")
    assert main(["runs", "--host", kfp.url]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "run          state      started           took     link",
        f"first night  succeeded  {clock(0)}  1:02:05  {kfp.url}/#/runs/details/id-0",
        f"old          cancelled  {clock(3)}  0:00:20  {kfp.url}/#/runs/details/id-3",
        f"second       running    {clock(7)}  -        {kfp.url}/#/runs/details/id-7",
    ]


def test_only_the_latest_are_listed_and_it_is_said_that_there_are_more(kfp: Kfp, capsys):
    for minute in range(5):
        add(kfp.state, f"run{minute}", "SUCCEEDED", minute, 1)
    kfp.state.runs["run3"]["storage_state"] = "ARCHIVED"  # so that one page is not enough
    assert main(["runs", "--host", kfp.url, "--set", "kubeflow.listed_runs=2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == ["run2", "run4"]
    assert lines[-1] == f"and older ones: {kfp.url}/#/runs (kubeflow.listed_runs=2)"
    assert kfp.calls.count("run_service_list_runs") == 2


def test_runs_of_one_experiment_in_a_namespace(capsys):
    with serving(Kfp(State(multi_user=True))) as kfp:
        kfp.state.experiments["e1"] = {
            "experiment_id": "e1", "display_name": "night", "namespace": "radiology",
        }  # fmt: skip
        add(kfp.state, "mine", "SUCCEEDED", 0, 1)
        add(kfp.state, "other", "SUCCEEDED", 1, 1, experiment_id="e2")
        flags = ["runs", "--host", kfp.url, "--namespace", "radiology", "--experiment"]
        assert main([*flags, "night"]) == 0
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["run", "mine"]
        assert main([*flags, "day"]) == 2
        assert capsys.readouterr().err == f"ichor: {kfp.url}: has no experiment 'day'\n"


def test_runs_as_json(kfp: Kfp, capsys):
    add(kfp.state, "first", "FAILED", 0, 5, error={"code": 13, "message": "workflow\nfailed"})
    assert main(["runs", "--host", kfp.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "run": "first",
            "state": "failed",
            "started": "2026-03-04T05:06:00+00:00",
            "seconds": 5.0,
            "link": f"{kfp.url}/#/runs/details/id-0",
            "message": "workflow failed",
        }
    ]


def test_a_name_that_a_terminal_would_obey_is_shown_with_escapes(kfp: Kfp, capsys):
    add(kfp.state, "evil\x1b]0;x\x07\nrun", "SUCCEEDED", 0, 1)
    assert main(["runs", "--host", kfp.url]) == 0
    assert r"evil\x1b]0;x\x07\nrun  succeeded" in capsys.readouterr().out


def test_a_server_without_runs_says_how_to_start_one(kfp: Kfp, capsys):
    assert main(["runs", "--host", kfp.url]) == 0
    assert capsys.readouterr().out == f"no runs yet; start one with: ichor submit FILE --host {kfp.url}\n"


def test_flags_of_a_server_without_one_are_a_wrong_call(capsys):
    assert main(["runs", "--namespace", "radiology", "--no-verify"]) == 1
    assert capsys.readouterr().err == (
        "ichor: --namespace, --no-verify: give --host URL, too, for the runs of a server\n"
    )


def test_a_server_that_cannot_be_reached_is_one_line_and_status_two(kfp: Kfp, capsys):
    kfp.faults = [Fault(only="run_service_list_runs")]
    assert main(["runs", "--host", kfp.url]) == 2
    assert capsys.readouterr().err == f"ichor: {kfp.url}: broke the connection off\n"
