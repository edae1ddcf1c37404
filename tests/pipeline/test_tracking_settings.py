"""What of the settings may leave, and what stops a run before it begins."""

import importlib.util
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.settings.loading import load
from pipeline.tracking.values import settings_of

pytestmark = pytest.mark.tfx

PRIVATE = (
    "run.data=/data/miller-clinic/slices", "run.output=/home/jane/out", "run.name=jane",
    "ingest.key_file=/home/jane/key", "ingest.patient_pattern=(?P<patient>miller[0-9]+)",
    "ingest.table=miller.csv", "ingest.hemorrhage_folders=['miller']", "trainer.weights=/home/jane/w.h5",
    "tracking.mlflow_uri=https://jane:secret@host",
)  # fmt: skip


def test_numbers_switches_and_choices_are_told():
    told = settings_of(load(assignments=["trainer.epochs=7", "tuner.enabled=true"], environment={}).config)
    assert (told["trainer.epochs"], told["tuner.enabled"]) == (7, True)
    assert (told["trainer.trunk"], told["trainer.weights"]) == ("inception_v3", "imagenet")
    assert told["tuner.unfrozen_shares"] == "0 0.25 0.5 1"
    assert told["ingest.max_rejected_share"] == 0.05


def test_no_text_that_a_person_wrote_is_told():
    told = settings_of(load(assignments=PRIVATE, environment={}).config)
    assert told["trainer.weights"] == "file"
    for word in ("miller", "jane", "secret", "/"):
        assert [key for key, value in told.items() if word in f"{key}={value}"] == []


@pytest.mark.parametrize("extra", ["wandb", "mlflow"])
def test_a_missing_package_is_told_with_its_extra_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], extra: str
):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == extra else found(name))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slices").mkdir()
    assert main(["run", "--data", "slices", "--set", f"tracking.{extra}=true"]) == 1
    assert capsys.readouterr().err == (
        f"ichor: tracking.{extra}: the package {extra} is not installed; "
        f"install it with: uv sync --extra {extra}\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["slices"]
