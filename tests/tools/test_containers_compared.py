"""What `make e2e-containers` looks at has to see a run that came to something else."""

import dataclasses
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from tests.containers import outcome

pytestmark = pytest.mark.numpy

SAME = outcome.Outcome(
    blessed={"ModelGate": True},
    metrics={"Evaluator": {"auc": 0.8}},
    scores={"a": 0.25, "b": 0.5, "c": 0.75},
    pushed=1,
)
STEPS = ("slice-example-gen", "trainer")


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    importer = "latest-blessed-model-importer"
    executors = {f"exec-{name}": {"container": {}} for name in STEPS} | {f"exec-{importer}": {"importer": {}}}
    components = {f"comp-{name}": {"executorLabel": f"exec-{name}"} for name in (*STEPS, importer)}
    components["comp-latest-blessed-model"] = {"dag": {"tasks": {}}}
    file = tmp_path / "ichor.yaml"
    file.write_text(
        yaml.safe_dump_all(
            [{"components": components, "deploymentSpec": {"executors": executors}}, {"platforms": {}}]
        )
    )
    return file


def test_two_runs_that_came_to_the_same_do_not_differ():
    assert outcome.differences(SAME, dataclasses.replace(SAME)) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"blessed": {"ModelGate": False}}, "blessed: 1 of 1 differ; ModelGate: True and False"),
        (
            {"metrics": {"Evaluator": {"auc": 0.9}}},
            "metrics: 1 of 1 differ; Evaluator: {'auc': 0.8} and {'auc': 0.9}",
        ),
        (
            {"scores": {**SAME.scores, "b": 0.5000001, "c": 0.7}},
            "scores: 2 of 3 differ; b: 0.5 and 0.5000001",
        ),
        ({"scores": {"a": 0.25, "b": 0.5}}, "scores: 1 of 3 differ; c: 0.75 and None"),
        ({"pushed": 0}, "pushed: 1 and 0"),
    ],
)
def test_a_difference_is_reported_with_both_figures(change: dict[str, object], line: str):
    assert outcome.differences(SAME, dataclasses.replace(SAME, **change)) == [line]


def test_every_container_has_to_have_written_its_output_whatever_kfp_says_of_it(
    compiled: Path, tmp_path: Path
):
    run = tmp_path / "run"
    for step in STEPS:
        (run / step).mkdir(parents=True)
    (run / STEPS[0] / "executor_output.json").touch()
    with pytest.raises(RuntimeError, match="steps without an output: trainer"):
        outcome.require_every_step(compiled, run)
    (run / STEPS[1] / "executor_output.json").touch()
    assert outcome.require_every_step(compiled, run) == 2


def test_a_step_that_left_no_blessing_is_no_refusal(tmp_path: Path):
    pq.write_table(pa.table({"slice_id": ["a"], "probability": [0.5]}), tmp_path / "scores.parquet")
    with pytest.raises(FileNotFoundError, match="no blessing, neither given nor refused"):
        outcome.read(lambda node, key: tmp_path, tmp_path)
