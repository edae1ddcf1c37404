import dataclasses
import json

import numpy as np
import pytest
import sklearn.metrics as theirs
from made_scores import made_scores

from components.slices.errors import DataError
from pipeline.commands.compare import comparison_lines
from pipeline.past_runs.comparison import Comparison, Contender, compare
from pipeline.past_runs.comparison_page import render
from pipeline.past_runs.history import ArtifactRef, NodeRun, Run
from pipeline.past_runs.settings import different, settings_of
from pipeline.settings.config import DEFAULTS
from pipeline.settings.loading import load
from schemas.scores import ScoreTable

pytestmark = pytest.mark.tfx

CONFIG = load("local", ["evaluation.replicates=200"], environment={}, read_file=False).config


def compared(first: ScoreTable, second: ScoreTable, thresholds: tuple[float, float] = (0.5, 0.5)) -> dict:
    """What a comparison comes to, by its keys."""
    first, second = Contender("one", first, thresholds[0]), Contender("other", second, thresholds[1])
    splits = compare(first, second, CONFIG.evaluation, CONFIG.gate)
    return {name: split.model_dump() for name, split in splits.items()}


def comparison(names: tuple[str, str], splits: dict, **changes: object) -> Comparison:
    point = {"threshold": 0.5, "temperature": 1.0, "version": "v", "rule": "value"}
    given = {"settings_that_differ": {}, "warnings": [], "confidence": 0.95, **changes}
    runs = [{"name": name, "id": "1" if name in ("one", "other") else name, **point} for name in names]
    return Comparison.model_validate({"runs": runs, "splits": splits, **given})


def shuffled(table: ScoreTable) -> ScoreTable:
    order = np.random.default_rng(0).permutation(len(table))
    columns = {
        field.name: getattr(table, field.name)[order]
        for field in dataclasses.fields(table)
        if field.name != "attributes"
    }
    return ScoreTable(**columns, attributes=[table.attributes[row] for row in order])


def worse(table: ScoreTable) -> ScoreTable:
    noise = np.random.default_rng(1).normal(0, 3, len(table))
    logits = np.log(table.probability / (1 - table.probability)) + noise
    return dataclasses.replace(table, probability=(1 / (1 + np.exp(-logits))).astype(np.float32))


def auc_of(table: ScoreTable) -> float:
    return theirs.roc_auc_score(table.hemorrhage, table.probability)


def test_each_model_is_measured_on_its_own_slices_and_both_on_those_that_both_scored():
    table = made_scores()
    first_third = np.array([index < 8 for index in table.slice_index])
    splits = compared(table.where(first_third), worse(table))
    assert list(splits) == ["test", "val"]
    test = table.of_split("test")
    kept = test.where(test.slice_index < 8)
    own, both = splits["test"]["own"], splits["test"]["both"]["slices"]
    assert [part["count"] for part in own] == [160, 240]
    assert (both["count"], both["patients"], both["hemorrhages"]) == (160, 20, kept.hemorrhage.sum())
    assert both["metrics"][0] == own[0]["metrics"]
    other = worse(table).of_split("test")
    assert own[1]["metrics"]["auc"]["value"] == pytest.approx(auc_of(other), abs=1e-6)
    on_same = other.where(other.slice_index < 8)
    assert both["metrics"][1]["auc"]["value"] == pytest.approx(auc_of(on_same), abs=1e-6)
    difference = both["differences"]["auc"]
    assert difference["value"] == pytest.approx(auc_of(kept) - auc_of(on_same), abs=2e-6)
    assert 0 < difference["low"] < difference["value"] < difference["high"]
    assert splits["test"]["both"]["patients"]["count"] == 20


def test_slices_are_matched_by_their_ids_whatever_their_order():
    table = made_scores()
    both = compared(table, shuffled(table))["test"]["both"]
    for unit in both.values():
        assert {(difference["value"], difference["low"]) for difference in unit["differences"].values()} <= {
            (0, 0),
            (None, None),
        }


def test_each_model_has_its_own_threshold():
    table = made_scores()
    both = compared(table, table, thresholds=(0.1, 0.9))["test"]["both"]["slices"]
    assert both["differences"]["sensitivity"]["value"] > 0 > both["differences"]["specificity"]["value"]
    assert both["differences"]["auc"]["value"] == 0


def changed(**columns: np.ndarray) -> ScoreTable:
    return dataclasses.replace(made_scores(), **columns)


TABLE = made_scores()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            changed(slice_id=np.array([f"x{number}" for number in TABLE.slice_id])),
            r"one and other scored no slice in common: .*keys \(ingest.key_file\) differ",
        ),
        (
            changed(split=np.where(TABLE.patient_id == "p0001", "test", TABLE.split)),
            "12 slices that both scored and 1 patients are in other splits, .*same ingest.seed and ingest",
        ),
        (
            changed(hemorrhage=np.where(np.arange(720) < 3, 1 - TABLE.hemorrhage, TABLE.hemorrhage)),
            "read other labels for 3 of 720 slices that both scored; run both on the same labels",
        ),
        (
            changed(patient_id=np.array([f"q{number}" for number in TABLE.patient_id])),
            "know other patients for the same slices; give both runs the same label table",
        ),
    ],
)
def test_runs_that_cannot_be_compared_fairly_are_refused(other: ScoreTable, message: str):
    with pytest.raises(DataError, match=message):
        compared(TABLE, other)


def test_a_patient_who_was_learnt_from_by_one_and_judges_the_other_is_refused_without_a_common_slice():
    first = TABLE.where(TABLE.slice_index < 6)
    other = TABLE.where((TABLE.slice_index >= 6) | (TABLE.patient_id != "p0000"))
    moved = dataclasses.replace(other, split=np.where(other.patient_id == "p0000", "test", other.split))
    with pytest.raises(DataError, match="0 slices that both scored and 1 patients are in other splits"):
        compared(first, moved)


def test_a_split_without_a_common_slice_has_no_figures_and_stops_nothing():
    odd = TABLE.slice_index % 2 == 1
    first = TABLE.where(odd | (TABLE.split == "val"))
    other = TABLE.where(~odd | (TABLE.split == "val"))
    both = compared(first, other)["test"]["both"]["slices"]
    assert (both["count"], both["differences"]["auc"]["value"]) == (0, None)


def test_the_terminal_names_the_model_that_is_surely_better():
    text = comparison(
        ("one", "other"),
        compared(TABLE, worse(TABLE)),
        settings_that_differ={"filter.enabled": (True, False)},
        warnings=["one more thing"],
    )
    lines = list(comparison_lines(text))
    assert lines[:4] == [
        "A  one: run 1, threshold 0.5000 by value",
        "B  other: run 1, threshold 0.5000 by value",
        "   filter.enabled: A true, B false",
        "WARNING: one more thing",
    ]
    assert not any("its own slices" in line for line in lines)  # they are the same
    assert "test: both on the 240 slices of 20 patients that both scored, 50 with a hemorrhage" in lines[5]
    for name in ("auc", "brier"):  # higher is better, lower is better
        (line, *_) = [line for line in lines if line.split()[:1] == [name]]
        assert line.split()[-1] == "A"


def test_settings_of_two_runs_are_read_from_their_nodes_and_compared():
    def run(enabled: str, seed: int) -> Run:
        properties = {
            "SliceFilter": {"params_json": f'{{"enabled": {enabled}, "min_brain_share": 0.02}}'},
            "Trainer": {"custom_config": f'{{"params": "{{\\"seed\\": {seed}}}", "state_dir": "x"}}'},
            "Evaluator": {"eval_config": "..."},
        }
        return Run("1", {name: NodeRun(name, "ran", {}, given) for name, given in properties.items()})

    first, second = settings_of(run("true", 0)), settings_of(run("false", 4))
    assert first == {"filter.enabled": True, "filter.min_brain_share": 0.02, "trainer.seed": 0}
    assert different(first, second) == {"filter.enabled": (True, False), "trainer.seed": (0, 4)}
    assert different(first, {}) == {name: (value, None) for name, value in first.items()}


def test_all_settings_of_nodes_but_the_key_are_listed_and_those_that_judge_are_not_compared():
    def text(group: str) -> str:
        return getattr(CONFIG, group).to_json()

    properties = {
        "SliceExampleGen": {"params_json": text("ingest")},
        "SliceFilter": {"params_json": text("filter")},
        "LeakageGate": {"params_json": text("leakage")},
        "Transform": {"custom_config": json.dumps({"params": text("transform")})},
        "Tuner": {"custom_config": json.dumps({"params": text("trainer"), "tuning": text("tuner")})},
        "Trainer": {"custom_config": json.dumps({"params": text("trainer"), "state_dir": "x"})},
        "OperatingPoint": {"params_json": text("threshold")},
        "SliceScorer": {"params_json": text("scorer")},
        "ModelGate": {"evaluation_json": text("evaluation"), "gate_json": text("gate")},
    }
    run = Run("1", {name: NodeRun(name, "ran", {}, given) for name, given in properties.items()})
    settings = settings_of(run)
    compared = ("ingest", "filter", "leakage", "transform", "trainer", "tuner", "threshold", "scorer")
    keys = {f"{group}.{name}" for group in compared for name in DEFAULTS[group]} - {"ingest.key_file"}
    judging = {f"{group}.{name}" for group in ("evaluation", "gate") for name in DEFAULTS[group]}
    assert settings.keys() == keys | judging
    assert different(settings, {}).keys() == keys
    assert settings["trainer.weights"] == "imagenet"


def test_a_setting_of_another_version_is_listed_and_compared_unless_its_group_judges():
    properties = {
        "SliceFilter": {"params_json": '{"of_old": 3}'},
        "ModelGate": {"gate_json": '{"of_old": 4}'},
    }
    run = Run("1", {name: NodeRun(name, "ran", {}, given) for name, given in properties.items()})
    assert settings_of(run) == {"filter.of_old": 3, "gate.of_old": 4}
    assert different(settings_of(run), {}) == {"filter.of_old": (3, None)}


def page_of(first: ScoreTable, second: ScoreTable, differing: dict[str, list] | None = None) -> str:
    splits = compared(first, second)
    return render(comparison(("first", "second"), splits, settings_that_differ=differing or {}))


def test_the_page_draws_both_models_and_says_which_is_surely_better():
    table = made_scores()
    page = page_of(table, worse(table), {"filter.enabled": [True, False]})
    assert "<h1>A is surely better in AUC, by slice on the test split</h1>" in page
    assert "filter.enabled = true" in page
    assert "filter.enabled = false" in page
    figures = compared(table, worse(table))["test"]["both"]["slices"]
    value = figures["metrics"][0]["auc"]["value"]
    assert f'<circle class="a" cx="{4 + value * 232:.1f}" cy="11"' in page
    assert page.count("<h2>") == 4  # two splits, by slice and by patient


def test_the_page_claims_no_difference_of_a_model_from_itself_and_loads_nothing():
    page = page_of(made_scores(), made_scores(), {"run.name": ["<script>alert(1)</script>", "b"]})
    assert "<h1>No sure difference in AUC, by slice on the test split</h1>" in page
    assert "surely better" not in page
    for forbidden in ("<script", "http:", "https:", "src="):
        assert forbidden not in page


def test_other_data_and_the_result_of_a_search_are_differences(tmp_path):
    def run(fingerprint: str, rate: float) -> Run:
        folder = tmp_path / fingerprint
        folder.mkdir()
        values = {"learning_rate": rate, "dropout": 0.5, "unfrozen_share": 1.0}
        (folder / "hyperparameters.json").write_text(json.dumps({"from": "tuner", "values": values}))
        params = json.dumps({"params": json.dumps({"learning_rate": 0.0005, "dropout": 0.5})})
        return Run(
            fingerprint,
            {
                "SliceExampleGen": NodeRun(
                    "SliceExampleGen",
                    "cached",
                    {"examples": ArtifactRef(2, folder, {"input_fingerprint": fingerprint})},
                ),
                "Trainer": NodeRun(
                    "Trainer", "ran", {"model_run": ArtifactRef(1, folder, {})}, {"custom_config": params}
                ),
            },
        )

    differing = different(settings_of(run("a", 0.001)), settings_of(run("b", 0.002)))
    assert differing == {"data": ("a", "b"), "trainer.learning_rate": (0.001, 0.002)}
