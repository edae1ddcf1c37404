import json
import re

import pytest

from pipeline.cli import main
from pipeline.terminal.interruption import Terminated
from tests.kubeflow_api.server import Fault, Kfp
from tests.kubeflow_api.story import look, step

pytestmark = pytest.mark.numpy

FAST = ("--wait", "--set", "kubeflow.poll_seconds=0.001")


def submit(kfp: Kfp, file: str, *flags: str) -> int:
    return main(["submit", file, "--host", kfp.url, *FAST, *flags])


def printed_steps(out: str) -> list[str]:
    """Returns the lines of steps without the time of day, whose zone is this machine's."""
    lines = [re.fullmatch(r"\d\d:\d\d:\d\d  (.*)", line) for line in out.splitlines()]
    return [re.sub(" +", " ", match[1]) for match in lines if match]


def test_each_change_of_a_step_is_one_line_and_success_is_status_zero(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [
        look("PENDING"),
        look("RUNNING", step("Ingest", "PENDING")),
        look("RUNNING", step("Ingest", "RUNNING", 10)),
        look("RUNNING", step("Ingest", "RUNNING", 10)),
        look("RUNNING", step("Ingest", "SUCCEEDED", 10, 70), step("Trainer", "RUNNING", 71)),
        look(
            "SUCCEEDED",
            step("Ingest", "SUCCEEDED", 10, 70),
            step("Trainer", "SUCCEEDED", 71, 571.4),
            step("Pusher", "SUCCEEDED", 572, 574, cached=True),
        ),
    ]
    assert submit(kfp, tiny) == 0
    captured = capsys.readouterr()
    assert printed_steps(captured.out) == [
        "Ingest running",
        "Ingest succeeded 60 s",
        "Trainer running",
        "Trainer succeeded 500 s",
        "Pusher cached 2 s",
    ]
    assert captured.out.splitlines()[-1] == "succeeded: 3 steps, 1 cached, 564 s"
    assert captured.err == ""


def test_one_step_is_counted_as_one(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [look("SUCCEEDED", step("Ingest", "SUCCEEDED", 10, 70))]
    assert submit(kfp, tiny) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "succeeded: 1 step, 60 s"


def test_a_failed_step_is_named_with_its_message_on_one_line_and_status_one(kfp: Kfp, tiny: str, capsys):
    message = "ichor: Trainer: ValueError: not one slice\n  in split train\x1b[31m"
    kfp.state.story = [
        look(
            "FAILED",
            step("Ingest", "SUCCEEDED", 10, 70),
            step("Trainer", "FAILED", 71, 99, error=message),
            error="workflow failed",
        )
    ]
    assert submit(kfp, tiny) == 1
    captured = capsys.readouterr()
    shown = r"ValueError: not one slice in split train\x1b[31m"
    assert printed_steps(captured.out)[-1] == f"Trainer failed 28 s {shown}"
    assert captured.out.splitlines()[-1] == "failed: 2 steps, 1 failed, 89 s"
    assert captured.err == f"ichor: the run failed at Trainer: {shown}\n"


def test_a_run_that_fails_without_any_message_says_where_to_look(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [look("FAILED", step("Trainer", "FAILED", 71, 99))]
    assert submit(kfp, tiny) == 1
    (run,) = kfp.state.runs
    link = f"{kfp.url}/#/runs/details/{run}"
    assert (
        capsys.readouterr().err
        == f"ichor: the run failed at Trainer: KFP has no message; see its log at {link}\n"
    )


def test_a_run_that_fails_before_any_step_says_what_the_server_says(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [look("FAILED", error="exceeded quota: pods=20")]
    assert submit(kfp, tiny) == 1
    assert capsys.readouterr().err == "ichor: the run failed: exceeded quota: pods=20\n"


def test_of_several_failed_steps_the_first_gives_the_reason(kfp: Kfp, tiny: str, capsys):
    later, first = (
        step("Ingest", "FAILED", 1, 90, error="later"),
        step("Trainer", "FAILED", 1, 80, error="first"),
    )
    kfp.state.story = [look("FAILED", later, first)]
    assert submit(kfp, tiny) == 1
    assert capsys.readouterr().err == "ichor: the run failed at Trainer (and Ingest): first\n"


def test_a_step_that_is_tried_again_says_which_attempt_runs(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [
        look("RUNNING", step("Trainer", "RUNNING", 10, attempts=1)),
        look("RUNNING", step("Trainer", "RUNNING", 10, attempts=2)),
        look("SUCCEEDED", step("Trainer", "SUCCEEDED", 10, 80, attempts=2)),
    ]
    assert submit(kfp, tiny) == 0
    assert printed_steps(capsys.readouterr().out) == [
        "Trainer running",
        "Trainer running attempt 2",
        "Trainer succeeded 70 s attempt 2",
    ]


def test_a_step_that_others_wait_for_is_not_taken_for_one_that_is_tried_again(kfp: Kfp, tiny: str, capsys):
    waiting = [*step("Trainer", "RUNNING", 70), *step("Pusher", "RUNNING", 70)]
    drivers = [node["pod_name"] for node in waiting if node["display_name"].endswith("-driver")]
    ingest = step("Ingest", "SUCCEEDED", 1, 9)
    executor = next(node for node in ingest if node["display_name"] == "executor")
    executor["child_tasks"] = [{"pod_name": driver} for driver in drivers]  # Argo hangs what comes next there
    kfp.state.story = [look("SUCCEEDED", ingest, waiting)]
    assert submit(kfp, tiny) == 0
    printed = printed_steps(capsys.readouterr().out)
    assert printed == ["Ingest succeeded 8 s", "Trainer running", "Pusher running"]


def test_a_look_that_leaves_steps_out_forgets_none(kfp: Kfp, tiny: str, capsys):
    ingest, trainer = step("Ingest", "SUCCEEDED", 1, 9), step("Trainer", "SUCCEEDED", 10, 20)
    kfp.state.story = [look("RUNNING", ingest), look("RUNNING", trainer), look("SUCCEEDED", ingest, trainer)]
    assert submit(kfp, tiny) == 0
    out = capsys.readouterr().out
    assert printed_steps(out) == ["Ingest succeeded 8 s", "Trainer succeeded 10 s"]
    assert out.splitlines()[-1] == "succeeded: 2 steps, 19 s"


def test_a_run_of_which_kfp_lists_no_steps_is_reported_all_the_same(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [{"state": "RUNNING"}, {"state": "SUCCEEDED"}]
    assert submit(kfp, tiny) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "succeeded; KFP lists no steps"


def test_the_message_of_the_last_attempt_counts(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [look("FAILED", step("Trainer", "FAILED", 10, 80, attempts=3, error="disk full"))]
    assert submit(kfp, tiny) == 1
    assert capsys.readouterr().err == "ichor: the run failed at Trainer: disk full\n"


def test_a_cancelled_run_is_no_success_and_says_where_it_stopped(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [
        look("CANCELING", step("Ingest", "SUCCEEDED", 1, 9), step("Trainer", "RUNNING", 10)),
        look("CANCELED", step("Ingest", "SUCCEEDED", 1, 9), step("Trainer", "CANCELED", 10, 20)),
    ]
    assert submit(kfp, tiny) == 1
    captured = capsys.readouterr()
    assert captured.err == "ichor: the run was cancelled at Trainer\n"
    assert captured.out.splitlines()[-1] == "cancelled: 2 steps, 1 cancelled, 19 s"


@pytest.mark.parametrize(
    ("stop", "word", "status"), [(KeyboardInterrupt, "interrupted", 130), (Terminated, "terminated", 143)]
)
def test_a_stop_leaves_the_run_going_and_says_how_to_look_again(
    kfp: Kfp, tiny: str, capsys, monkeypatch, stop, word, status
):
    def stopped(_: float) -> None:
        raise stop

    monkeypatch.setattr("pipeline.commands.submit.SLEEP", stopped)
    assert submit(kfp, tiny) == status
    (run,) = kfp.state.runs
    assert capsys.readouterr().err == (
        f"ichor: {word}; the run goes on at {kfp.url}/#/runs/details/{run}; "
        f"look again with: ichor runs --host {kfp.url}\n"
    )
    assert "run_service_terminate_run" not in kfp.calls


def test_after_the_timeout_the_outcome_is_unknown_not_failed(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [look("RUNNING", step("Trainer", "RUNNING", 10))]
    assert submit(kfp, tiny, "--timeout", "0.01") == 3
    printed = capsys.readouterr().err
    assert printed.startswith(
        "ichor: not known how the run ends: it has not ended after 0.01 s; the run goes on at "
    )


def test_a_timeout_without_waiting_is_a_wrong_call(kfp: Kfp, tiny: str, capsys):
    assert main(["submit", tiny, "--host", kfp.url, "--timeout", "5"]) == 2
    assert capsys.readouterr().err == "ichor: --timeout goes with --wait\n"
    with pytest.raises(SystemExit, match="2"):
        submit(kfp, tiny, "--timeout", "-5")
    assert kfp.calls == []


def test_a_run_that_somebody_deletes_is_not_waited_for(kfp: Kfp, tiny: str, capsys):
    kfp.faults = [Fault(404, '{"message": "Run not found"}', only="run_service_get_run")]
    assert submit(kfp, tiny) == 3
    assert "not known how the run ends: the run is there no longer" in capsys.readouterr().err


def test_json_lists_every_step_and_lines_go_to_standard_error(kfp: Kfp, tiny: str, capsys):
    kfp.state.story = [
        look(
            "FAILED",
            step("Ingest", "SUCCEEDED", 10, 70, cached=True),
            step("Trainer", "FAILED", 71, 99, attempts=2, error="no\nslice"),
            error="workflow failed",
        )
    ]
    assert submit(kfp, tiny, "--json", "--run-name", "mine") == 1
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert (report["run_name"], report["state"], report["message"]) == ("mine", "failed", "workflow failed")
    assert report["steps"] == {
        "Ingest": {"state": "cached", "seconds": 60.0, "attempts": 1, "message": ""},
        "Trainer": {"state": "failed", "seconds": 28.0, "attempts": 2, "message": "no slice"},
    }
    assert len(printed_steps(captured.err)) == 2
