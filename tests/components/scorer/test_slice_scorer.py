"""SliceScorer through its public interface: a model and examples in, a table of scores out."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tfx.types.standard_artifacts import Examples, Model

from components.artifacts import SliceScores
from components.operating_point.saved_model import set_operating_point
from components.scorer.component import SliceScorer, some_patients
from components.scorer.params import ScorerParams
from components.served_model import ServedModel
from schemas.records import SliceRecord
from schemas.scores import ScoreTable, read_scores

pytestmark = pytest.mark.tfx


def model_at(folder: Path) -> Model:
    artifact = Model()
    artifact.uri = str(folder)
    return artifact


def run(
    made: ModuleType,
    folder: Path,
    model: Path,
    splits: dict[str, list[SliceRecord]],
    baseline: Path | None = None,
    shards: int = 1,
    **settings: int,
) -> ScoreTable:
    examples, scores = Examples(), SliceScores()
    examples.uri, scores.uri = str(folder / "examples"), str(folder / "scores")
    examples.splits = list(splits)
    for split, records in splits.items():
        for shard in range(shards):
            made.write_split(
                folder / "examples", split, records[shard::shards], f"{shard:05d}-of-{shards:05d}"
            )
    SliceScorer.test_call(
        model=model_at(model.parent),
        examples=examples,
        scores=scores,
        params_json=ScorerParams(**({"train_slices": 10, "seed": 0} | settings)).to_json(),
        code_fingerprint="0",
        **({"baseline_model": model_at(baseline.parent)} if baseline else {}),
    )
    return read_scores(folder / "scores" / "scores.parquet")


@pytest.fixture
def splits(made: ModuleType) -> dict[str, list[SliceRecord]]:
    return {"train": made.records(40, 0), "val": made.records(150, 1), "test": made.records(9, 2)}


def test_all_of_val_and_test_is_scored_as_a_server_scores_it(made, trained, splits, tmp_path):
    table = run(made, tmp_path, trained, splits)
    model = ServedModel(str(trained))
    for split in ("val", "test"):
        of_split = table.of_split(split)
        records = {record.slice_id: record for record in splits[split]}
        assert of_split.slice_id.tolist() == sorted(records)
        in_order = [records[name] for name in of_split.slice_id]
        answers = model.score_images([record.image for record in in_order])
        np.testing.assert_allclose(of_split.probability, answers.probability, atol=1e-6)
        assert of_split.hemorrhage.tolist() == [record.hemorrhage for record in in_order]
        assert of_split.patient_id.tolist() == [record.patient_id for record in in_order]
        assert of_split.slice_index.tolist() == [-1] * len(in_order)
        assert np.isnan(of_split.baseline_probability).all()


def test_the_table_does_not_depend_on_how_records_are_spread_over_files(made, trained, splits, tmp_path):
    whole, spread = (run(made, tmp_path / str(n), trained, splits, shards=n) for n in (1, 3))
    assert whole.slice_id.tolist() == spread.slice_id.tolist()
    np.testing.assert_allclose(whole.probability, spread.probability, atol=1e-6)


def test_of_train_some_whole_patients_are_scored_or_none(made, trained, splits, tmp_path):
    assert len(run(made, tmp_path / "some", trained, splits).of_split("train")) == 10  # a slice a patient
    assert len(run(made, tmp_path / "none", trained, splits, train_slices=0).of_split("train")) == 0


def test_the_latest_blessed_model_scores_the_same_validation_slices(made, trained, splits, tmp_path):
    baseline = tmp_path / "baseline" / "Format-Serving"
    set_operating_point(str(trained), str(baseline), 0.5, 3.0)
    table = run(made, tmp_path, trained, splits, baseline=baseline)
    val, test = table.of_split("val"), table.of_split("test")
    logit = np.log(val.probability / (1 - val.probability))
    np.testing.assert_allclose(val.baseline_probability, 1 / (1 + np.exp(-logit / 3)), atol=1e-5)
    assert np.isnan(test.baseline_probability).all()


def test_a_split_without_a_slice_is_an_error(made, trained, splits, tmp_path):
    with pytest.raises(ValueError, match="split val: there is no slice to score"):
        run(made, tmp_path, trained, splits | {"val": []})


def test_whole_patients_are_taken_until_there_are_slices_enough():
    patients = ["a"] * 5 + ["b"] * 3 + ["c"] * 4
    for seed in range(5):
        chosen = some_patients(patients, 6, seed)
        assert sum(patients.count(patient) for patient in chosen) >= 6
        assert len(chosen) == 2
        assert chosen == some_patients(patients[::-1], 6, seed)
    assert some_patients(patients, 100, 0) == {"a", "b", "c"}
    assert len({frozenset(some_patients(patients, 1, seed)) for seed in range(20)}) > 1
