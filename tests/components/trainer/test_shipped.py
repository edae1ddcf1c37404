"""The contents of the SavedModel."""

import logging
from pathlib import Path

import pytest

from components.trainer.shipped import ship_training_statistics
from schemas import features

pytestmark = pytest.mark.tf


def test_statistics_beside_the_train_split_end_up_in_the_model(tmp_path: Path):
    (tmp_path / "examples" / "Split-train").mkdir(parents=True)
    (tmp_path / "examples" / features.BASELINE_FILE).write_bytes(b"statistics")
    ship_training_statistics([f"{tmp_path}/examples/Split-train/*"], str(tmp_path / "model"))
    assert (tmp_path / "model" / "assets.extra" / "training_statistics.pb").read_bytes() == b"statistics"


def test_records_without_statistics_are_said_to_be_so(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "examples" / "Split-train").mkdir(parents=True)
    with caplog.at_level(logging.WARNING, logger="ichor.trainer"):
        ship_training_statistics([f"{tmp_path}/examples/Split-train/*"], str(tmp_path / "model"))
    assert caplog.messages == [
        "no statistics of the train split: ichor check cannot compare new data with it"
    ]
    assert not (tmp_path / "model").exists()
