"""Threshold, temperature and version inside a SavedModel."""

import json
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from components.operating_point.saved_model import set_operating_point
from components.served_model import ServedModel
from schemas import features

pytestmark = pytest.mark.tf


@pytest.fixture(scope="module")
def images(made: ModuleType) -> list[bytes]:
    return [record.image for record in made.records(40, 1)]  # more than a batch


@pytest.fixture(scope="module")
def before(trained: Path, images: list[bytes]) -> np.ndarray:
    return ServedModel(str(trained)).score_images(images).probability


def test_the_threshold_decides_what_is_called_a_hemorrhage_and_changes_no_score(
    trained: Path, images: list[bytes], before: np.ndarray, tmp_path: Path
):
    threshold = float(np.sort(before)[[9, 10]].mean())
    set_operating_point(str(trained), str(tmp_path / "model"), threshold, 1.0)
    model = ServedModel(str(tmp_path / "model"))
    answers = model.score_images(images)
    assert model.threshold == pytest.approx(threshold)
    np.testing.assert_array_equal(answers.probability, before)
    assert answers.hemorrhage.sum() == 30
    np.testing.assert_array_equal(answers.hemorrhage, (before >= threshold).astype(int))
    assert answers.error == [""] * 40


def test_logits_are_divided_by_the_temperature(
    trained: Path, images: list[bytes], before: np.ndarray, tmp_path: Path
):
    set_operating_point(str(trained), str(tmp_path / "model"), 0.5, 2.5)
    cooled = ServedModel(str(tmp_path / "model")).score_images(images).probability
    logit = np.log(before.astype(np.float64) / (1 - before.astype(np.float64)))
    np.testing.assert_allclose(cooled, 1 / (1 + np.exp(-logit / 2.5)), atol=1e-6)


def test_the_version_follows_from_weights_and_operating_point(trained: Path, tmp_path: Path):
    points = {"a": (0.5, 1.0), "b": (0.5, 1.0), "c": (0.6, 1.0), "d": (0.5, 2.0)}
    versions = [
        set_operating_point(str(trained), str(tmp_path / name), *point) for name, point in points.items()
    ]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3
    assert ServedModel(str(tmp_path / "c")).version == versions[2]


def test_files_beside_the_graph_come_along_and_ichor_json_has_the_operating_point(
    trained: Path, tmp_path: Path
):
    trained = Path(shutil.copytree(trained, tmp_path / "trained"))
    (trained / features.TRAINING_STATISTICS_FILE).write_bytes(b"statistics")
    version = set_operating_point(str(trained), str(tmp_path / "model"), 0.25, 1.5)
    described = json.loads((tmp_path / "model" / features.TRAINED_ON_FILE).read_text())
    assert described == {
        "windows": "", "image_side": 64, "channels": 1,
        "threshold": 0.25, "temperature": 1.5, "version": version,
    }  # fmt: skip
    assert (tmp_path / "model" / features.TRAINING_STATISTICS_FILE).read_bytes() == b"statistics"
