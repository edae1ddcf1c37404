"""What of the settings may leave, and what stops a run before it begins."""

import importlib.util
from pathlib import Path

import pytest

from components.parameters import parameter
from components.trainer.params import TrainerParams
from pipeline.cli import main
from pipeline.settings.config import DEFAULTS, Config
from pipeline.settings.loading import load
from pipeline.tracking.values import settings_of

pytestmark = pytest.mark.tfx

PRIVATE = (
    "run.data=/data/miller-clinic/slices", "run.output=/home/jane/out", "run.name=jane",
    "ingest.key_file=/home/jane/key", "ingest.patient_pattern=(?P<patient>miller[0-9]+)",
    "ingest.table=miller.csv", "ingest.hemorrhage_folders=['miller']", "trainer.weights=/home/jane/w.h5",
    "tracking.mlflow_uri=https://jane:secret@host",
)  # fmt: skip


def test_numbers_switches_and_choices_are_logged():
    logged = settings_of(load(assignments=["trainer.epochs=7", "tuner.enabled=true"], environment={}).config)
    assert (logged["trainer.epochs"], logged["tuner.enabled"]) == (7, True)
    assert (logged["trainer.trunk"], logged["trainer.weights"]) == ("inception_v3", "imagenet")
    assert logged["tuner.unfrozen_shares"] == "0 0.25 0.5 1"
    assert logged["ingest.max_rejected_share"] == 0.05


def test_the_logged_settings_are_those_logged_before_each_setting_declared_it():
    free_text = {
        "ingest.windows", "ingest.table", "ingest.hemorrhage_folders", "ingest.normal_folders",
        "ingest.patient_pattern", "ingest.key_file", "ingest.slicing_columns",
    }  # fmt: skip
    groups = (
        "ingest", "filter", "leakage", "transform", "tuner", "trainer", "evaluation", "threshold", "scorer",
        "gate",
    )  # fmt: skip
    of_kubeflow = (
        "gpus", "retries", "retry_seconds", "retry_hours", "cache", "request_seconds", "poll_seconds",
        "patience_seconds", "listed_runs",
    )  # fmt: skip
    expected = {f"{group}.{name}" for group in groups for name in DEFAULTS[group]} - free_text
    expected |= {f"kubeflow.{name}" for name in of_kubeflow}
    assert settings_of(load(environment={}).config).keys() == expected


def test_a_new_number_is_not_logged_until_it_is_declared(monkeypatch: pytest.MonkeyPatch):
    class WiderTrainerParams(TrainerParams):
        undeclared: int = parameter("a new setting")
        declared: int = parameter("a new setting for the team", tracked=True)

    class WiderConfig(Config):
        trainer: WiderTrainerParams

    values = load(environment={}).config.model_dump()
    values["trainer"] |= {"undeclared": 3, "declared": 4}
    for name in ("undeclared", "declared"):
        monkeypatch.setitem(DEFAULTS["trainer"], name, 0)
    assert "trainer.undeclared" in WiderConfig.settings()
    logged = settings_of(WiderConfig.model_validate(values))
    assert "trainer.undeclared" not in logged
    assert logged["trainer.declared"] == 4


def test_no_text_that_a_person_wrote_is_logged():
    logged = settings_of(load(assignments=PRIVATE, environment={}).config)
    assert logged["trainer.weights"] == "file"
    for word in ("miller", "jane", "secret", "/"):
        assert [key for key, value in logged.items() if word in f"{key}={value}"] == []


@pytest.mark.parametrize("extra", ["wandb", "mlflow"])
def test_a_missing_package_is_reported_with_its_extra_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], extra: str
):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == extra else find_spec(name))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slices").mkdir()
    assert main(["run", "--data", "slices", "--set", f"tracking.{extra}=true"]) == 1
    assert capsys.readouterr().err == (
        f"ichor: tracking.{extra}: the package {extra} is not installed; "
        f"install it with: uv sync --extra {extra}\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["slices"]
