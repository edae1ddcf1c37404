"""OperatingPoint through its public interface: a model and examples in, a model out."""

import dataclasses
import json
import logging
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tfx.types.standard_artifacts import Examples, Model

from components.operating_point.component import OperatingPoint
from components.operating_point.params import ThresholdParams
from components.served_model import ServedModel
from schemas.records import SliceRecord

pytestmark = pytest.mark.tfx

RULES = {"min_sensitivity": 0.95, "min_specificity": 0.9, "value": 0.37, "temperature_scaling": False}


@pytest.fixture(scope="module")
def slices(made: ModuleType) -> list[SliceRecord]:
    """A validation split with every fifth label wrong, so that no threshold parts the classes."""
    return [
        dataclasses.replace(record, hemorrhage=1 - record.hemorrhage) if place % 5 == 0 else record
        for place, record in enumerate(made.records(made.VAL, 1))
    ]


@pytest.fixture(scope="module")
def label(slices: list[SliceRecord]) -> np.ndarray:
    return np.array([record.hemorrhage for record in slices])


@pytest.fixture(scope="module")
def score(slices: list[SliceRecord], trained: Path) -> np.ndarray:
    return ServedModel(str(trained)).score_images([record.image for record in slices]).probability


@pytest.fixture(scope="module")
def examples(made: ModuleType, slices: list[SliceRecord], tmp_path_factory) -> Examples:
    artifact = Examples()
    artifact.uri = str(tmp_path_factory.mktemp("examples"))
    artifact.splits = ["val"]
    made.write_split(Path(artifact.uri), "val", slices)
    return artifact


def run(trained: Path, examples: Examples, output: Path, **settings) -> ServedModel:
    before, after = Model(), Model()
    before.uri, after.uri = str(trained.parent), str(output)
    OperatingPoint.test_call(
        trained_model=before,
        examples=examples,
        model=after,
        params_json=ThresholdParams(**(RULES | settings)).to_json(),
        code_fingerprint="0",
    )
    return ServedModel(str(output / "Format-Serving"))


def test_rule_sensitivity_takes_the_highest_threshold_that_finds_enough(
    trained, examples, label, score, tmp_path, caplog
):
    with caplog.at_level(logging.INFO, "ichor.operating_point"):
        model = run(trained, examples, tmp_path, rule="sensitivity")
    sensitivity = (score[label == 1] >= model.threshold).mean()
    higher = [cut for cut in score if cut > model.threshold]
    assert sensitivity >= 0.95
    assert max((score[label == 1] > cut).mean() for cut in higher) < 0.95
    assert model.temperature == 1.0
    assert f"threshold {model.threshold:.4f} by rule sensitivity" in caplog.text
    hits = int((score[label == 1] >= model.threshold).sum())
    assert f"finds {hits} of {label.sum()} hemorrhages" in caplog.text


def test_a_fixed_value_is_the_threshold(trained, examples, tmp_path):
    assert run(trained, examples, tmp_path, rule="value").threshold == pytest.approx(0.37)


def test_the_model_that_comes_out_calls_by_its_threshold_and_writes_it_down(
    trained, examples, slices, label, score, tmp_path
):
    model = run(trained, examples, tmp_path, rule="youden")
    answers = model.score_images([record.image for record in slices])
    np.testing.assert_array_equal(answers.hemorrhage, (score >= model.threshold).astype(int))
    sums = [(score[label == 1] >= cut).mean() + (score[label == 0] < cut).mean() for cut in [*score, 1.0]]
    reached = answers.hemorrhage[label == 1].mean() + (1 - answers.hemorrhage[label == 0]).mean()
    assert reached == pytest.approx(max(sums))
    described = json.loads((tmp_path / "Format-Serving" / "assets.extra" / "ichor.json").read_text())
    assert (described["threshold"], described["version"]) == (model.threshold, model.version)


def test_temperature_scaling_lowers_the_loss_on_validation(trained, examples, slices, label, score, tmp_path):
    model = run(trained, examples, tmp_path, rule="value", temperature_scaling=True)
    after = model.score_images([record.image for record in slices]).probability
    before_loss, after_loss = (-np.where(label == 1, np.log(p), np.log1p(-p)).mean() for p in (score, after))
    assert model.temperature != 1.0
    assert after_loss < before_loss
    np.testing.assert_array_equal(np.argsort(after, kind="stable"), np.argsort(score, kind="stable"))
