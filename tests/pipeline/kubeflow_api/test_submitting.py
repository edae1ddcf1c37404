import json
import re
from pathlib import Path

import pytest
import yaml

from pipeline.cli import main
from tests.kubeflow_api.server import Fault, Kfp, serving
from tests.kubeflow_api.state import State

pytestmark = pytest.mark.numpy

GOLDEN = Path(__file__).parents[2] / "golden" / "kubeflow.yaml"


def test_a_compiled_pipeline_is_uploaded_as_it_is_and_run(kfp: Kfp, capsys):
    assert main(["submit", str(GOLDEN), "--host", kfp.url, "--param", "trainer_epochs=3"]) == 0
    (version,) = kfp.state.versions.values()
    pipeline, platforms = yaml.load_all(GOLDEN.read_text(), yaml.CSafeLoader)
    assert version["pipeline_spec"] == {"pipeline_spec": pipeline, "platform_spec": platforms}
    (run,) = kfp.state.runs.values()
    assert run["runtime_config"] == {"parameters": {"trainer_epochs": 3}}
    assert run["pipeline_version_reference"]["pipeline_version_id"] == version["pipeline_version_id"]
    (experiment,) = kfp.state.experiments.values()
    assert experiment["display_name"] == "ichor"
    lines = capsys.readouterr().out.splitlines()
    name = pipeline["pipelineInfo"]["name"]
    assert lines[:3] == [
        f"pipeline {name}: made; it was not there before",
        f"pipeline {name}: version {version['display_name']} uploaded",
        "experiment ichor: made; it was not there before",
    ]
    assert re.fullmatch(r"run ichor \d{4}-\d\d-\d\d \d\d-\d\d-\d\d, in experiment ichor", lines[3])
    assert lines[4] == f"{kfp.url}/#/runs/details/{run['run_id']}"


def test_another_file_of_a_pipeline_is_a_new_version_and_the_same_file_is_none(kfp: Kfp, tiny: str, capsys):
    assert main(["submit", tiny, "--host", kfp.url]) == 0
    assert main(["submit", tiny, "--host", kfp.url]) == 0
    Path(tiny).write_text(Path(tiny).read_text().replace("fast", "slow"))
    assert main(["submit", tiny, "--host", kfp.url]) == 0
    assert main(["submit", tiny, "--host", kfp.url]) == 0
    assert len(kfp.state.pipelines) == 1
    first, second = kfp.state.versions.values()
    assert re.fullmatch(r"tiny-[0-9a-f]{12}", first["display_name"])
    used = [entry["pipeline_version_reference"]["pipeline_version_id"] for entry in kfp.state.runs.values()]
    assert used == [entry["pipeline_version_id"] for entry in (first, first, second, second)]
    names = [first["display_name"], second["display_name"]]
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("pipeline")]
    assert lines[1:] == [
        f"pipeline tiny: version {name} {done}" for name in names for done in ("uploaded", "is there already")
    ]


def test_values_reach_the_server_in_the_types_that_the_specification_names(kfp: Kfp, tiny: str):
    given = ["epochs=3", "rate=1e-3", "data=a=b", "flip=True", "windows=[40, 80]", 'labels={"a": 1}']
    parameters = [part for value in given for part in ("--param", value)]
    assert main(["submit", tiny, "--host", kfp.url, *parameters]) == 0
    (run,) = kfp.state.runs.values()
    assert json.dumps(run["runtime_config"]["parameters"]) == json.dumps(
        {"epochs": 3, "rate": 0.001, "data": "a=b", "flip": True, "windows": [40, 80], "labels": {"a": 1}}
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            ["epoch=3"],
            "epoch: is not one of tiny.yaml, which has data, epochs, flip, labels, rate, windows. "
            "Did you mean 'epochs'?",
        ),
        (["epochs"], "'epochs': expected NAME=VALUE"),
        (["epochs=three"], "epochs: expected a whole number (NUMBER_INTEGER), got 'three'"),
        (["epochs=3.5"], "epochs: expected a whole number (NUMBER_INTEGER), got '3.5'"),
        (
            ["epochs=9007199254740993"],  # 2 ** 53 + 1, which no double holds
            "epochs: expected a whole number (NUMBER_INTEGER), got '9007199254740993'",
        ),
        (["rate=nan"], "rate: expected a number (NUMBER_DOUBLE), got 'nan'"),
        (["flip=1"], "flip: expected true or false (BOOLEAN), got '1'"),
        (["windows={}"], "windows: expected a JSON list (LIST), got '{}'"),
        (["labels=[]"], "labels: expected a JSON object (STRUCT), got '[]'"),
        (["epochs=3", "epochs=4"], "epochs: is given twice"),
    ],
)
def test_a_wrong_parameter_is_refused_before_anything_is_sent(
    kfp: Kfp, tiny: str, capsys, parameters, message
):
    given = [part for value in parameters for part in ("--param", value)]
    assert main(["submit", tiny, "--host", kfp.url, *given]) == 2
    assert capsys.readouterr().err == f"ichor: --param {message}\n"
    assert kfp.calls == []


def test_a_parameter_without_a_default_has_to_be_given(kfp: Kfp, tiny: str, capsys):
    Path(tiny).write_text(Path(tiny).read_text().replace(", defaultValue: /data", ""))
    assert main(["submit", tiny, "--host", kfp.url]) == 2
    assert "tiny.yaml: has no default for data; give --param NAME=VALUE" in capsys.readouterr().err
    assert kfp.calls == []
    assert main(["submit", tiny, "--host", kfp.url, "--param", "data=/x"]) == 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none.yaml", None, "none.yaml: No such file or directory; make it with: ichor compile -o none.yaml"),
        ("a.json", "{}", "a.json: expected a compiled pipeline that ends in .yaml"),
        ("a.yaml", "a: [", "a.yaml: is no YAML in line 1"),
        ("a.yaml", "run: {}", "a.yaml: is no compiled pipeline: it has no schemaVersion"),
        ("a.yaml", "schemaVersion: 2.1.0", "a.yaml: is no compiled pipeline: it has no name or no steps"),
    ],
)
def test_a_file_that_is_no_compiled_pipeline_is_refused(kfp: Kfp, capsys, name, text, message):
    if text is not None:
        Path(name).write_text(text)
    assert main(["submit", name, "--host", kfp.url]) == 2
    assert capsys.readouterr().err == f"ichor: {message}\n"
    assert kfp.calls == []


def test_a_server_for_several_users_needs_a_namespace_and_keeps_all_in_it(tiny: str, capsys):
    with serving(Kfp(State(multi_user=True))) as kfp:
        assert main(["submit", tiny, "--host", kfp.url]) == 2
        assert "is shared by several users; say whose runs with --namespace NAME" in capsys.readouterr().err
        assert kfp.calls == ["healthz_service_get_healthz"]
        flags = ["--namespace", "radiology", "--experiment", "night", "--run-name", "first"]
        assert main(["submit", tiny, "--host", kfp.url, *flags]) == 0
        assert main(["submit", tiny, "--host", kfp.url, *flags]) == 0
    (experiment,) = kfp.state.experiments.values()  # made once, found the second time
    assert (experiment["display_name"], experiment["namespace"]) == ("night", "radiology")
    assert [entry["namespace"] for entry in kfp.state.pipelines.values()] == ["radiology"]
    assert [entry["display_name"] for entry in kfp.state.runs.values()] == ["first", "first"]
    assert {entry["experiment_id"] for entry in kfp.state.runs.values()} == {experiment["experiment_id"]}


def test_a_namespace_that_means_nothing_is_refused(kfp: Kfp, tiny: str, capsys):
    assert main(["submit", tiny, "--host", kfp.url, "--namespace", "radiology"]) == 2
    assert "is for one user and has no namespaces; leave --namespace out" in capsys.readouterr().err


def test_an_answer_lost_while_a_run_is_started_says_that_it_may_have_started(kfp: Kfp, tiny: str, capsys):
    kfp.faults = [Fault(done=True, only="run_service_create_run")]
    assert main(["submit", tiny, "--host", kfp.url, "--run-name", "mine"]) == 2
    lines = capsys.readouterr().err
    assert "broke the connection off; run 'mine' may have been started all the same: look with" in lines
    assert len(kfp.state.runs) == 1


def test_json_is_all_of_standard_output(kfp: Kfp, tiny: str, capsys):
    assert main(["submit", tiny, "--host", kfp.url, "--json", "--run-name", "mine"]) == 0
    captured = capsys.readouterr()
    (run_id,) = kfp.state.runs
    assert json.loads(captured.out) == {
        "run_id": run_id,
        "run_name": "mine",
        "experiment": "ichor",
        "pipeline": "tiny",
        "version": next(iter(kfp.state.versions.values()))["display_name"],
        "link": f"{kfp.url}/#/runs/details/{run_id}",
    }
    assert "pipeline tiny: made" in captured.err
