import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from made_scores import made_scores
from tfx.types.standard_artifacts import Model, ModelBlessing

from components.artifacts import ScoreEvaluation, SliceScores
from components.model_gate.component import ModelGate
from pipeline.settings.loading import load
from schemas.accounts.model import ModelAccount
from schemas.scores import ScoreTable, write_scores

pytestmark = pytest.mark.tfx


def at(artifact, folder: Path):
    artifact.uri = str(folder)
    folder.mkdir(parents=True)
    return artifact


def judged(
    folder: Path, *settings: str, evaluator: int = 1, table: ScoreTable | None = None
) -> tuple[dict, ModelBlessing]:
    """Runs the node on made-up scores; returns evaluation.json and the blessing."""
    config = load("local", list(settings), environment={}).config
    scores, model = at(SliceScores(), folder / "scores"), at(Model(), folder / "model")
    write_scores(table or made_scores(baseline=True), folder / "scores" / "scores.parquet")
    told = folder / "model" / "Format-Serving" / "assets.extra" / "ichor.json"
    told.parent.mkdir(parents=True)
    model_account = ModelAccount(
        windows="", image_side=96, channels=1, threshold=0.4, temperature=1.5, version="v"
    )
    told.write_text(model_account.to_json())
    model.id = 7
    by_evaluator = at(ModelBlessing(), folder / "evaluator")
    by_evaluator.set_int_custom_property("blessed", evaluator)
    by_evaluator.set_string_custom_property("baseline_model", "earlier")
    by_evaluator.set_int_custom_property("baseline_model_id", 3)
    evaluation, blessing = (
        at(ScoreEvaluation(), folder / "evaluation"),
        at(ModelBlessing(), folder / "blessing"),
    )
    ModelGate.test_call(
        scores=scores,
        model=model,
        evaluator_blessing=by_evaluator,
        evaluation=evaluation,
        blessing=blessing,
        evaluation_json=config.evaluation.model_copy(update={"replicates": 100}).to_json(),
        gate_json=config.gate.to_json(),
        threshold_rule="youden",
        code_fingerprint="code",
    )
    return json.loads((folder / "evaluation" / "evaluation.json").read_text()), blessing


def test_a_model_that_passes_all_gates_is_blessed_as_tfx_expects_it(tmp_path: Path):
    told, blessing = judged(tmp_path)
    assert told["blessed"]
    assert [gate["gate"] for gate in told["gates"]] == [
        "binary_accuracy", "binary_accuracy against the latest blessed model",
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "blessing").iterdir()] == ["BLESSED"]
    assert blessing.get_int_custom_property("blessed") == 1
    assert blessing.get_int_custom_property("current_model_id") == 7
    assert blessing.get_string_custom_property("current_model") == str(tmp_path / "model")
    assert blessing.get_int_custom_property("baseline_model_id") == 3
    assert blessing.get_string_custom_property("baseline_model") == "earlier"
    assert blessing.get_int_custom_property("ichor_final") == 1


def test_the_models_own_operating_point_is_what_it_is_measured_at(tmp_path: Path):
    told, _ = judged(tmp_path)
    assert told["operating_point"] == {"threshold": 0.4, "temperature": 1.5, "version": "v", "rule": "youden"}


@pytest.mark.parametrize(
    ("settings", "evaluator", "failed"),
    [
        (["gate.max_ece=0.0"], 1, ["ece"]),
        (["gate.min_binary_accuracy=0.999"], 0, ["binary_accuracy"]),
        ([], 0, ["Evaluator"]),
        (["gate.subgroup_metric=sensitivity", "gate.min_subgroup_metric=1"], 1, ["sensitivity of sex=f"]),
    ],
)
def test_a_gate_that_fails_or_an_evaluator_that_objects_keeps_a_model_from_being_blessed(
    tmp_path: Path, settings: list[str], evaluator: int, failed: list[str]
):
    told, blessing = judged(tmp_path, *settings, evaluator=evaluator)
    assert not told["blessed"]
    assert [gate["gate"] for gate in told["gates"] if not gate["passed"]][: len(failed)] == failed
    assert [path.name for path in (tmp_path / "blessing").iterdir()] == ["NOT_BLESSED"]
    assert blessing.get_int_custom_property("blessed") == 0
    assert blessing.get_int_custom_property("ichor_final") == 1


def test_a_subgroup_in_which_the_model_knows_nothing_fails_its_floor(tmp_path: Path):
    """Its AUC is 0.5 in every replicate, so that there is no interval; that is no reason to leave it out."""
    table = made_scores()
    blind = np.array([int(patient[1:]) // 6 % 2 == 1 for patient in table.patient_id])
    told, _ = judged(
        tmp_path,
        'gate.subgroup_metric="auc"',
        "gate.min_subgroup_metric=0.7",
        table=dataclasses.replace(
            table,
            probability=np.where(blind, np.float32(0.3), table.probability),
            attributes=[("site=blind",) if one else ("site=seeing",) for one in blind],
        ),
    )
    by_name = {gate["gate"]: gate for gate in told["gates"]}
    assert (by_name["auc of site=blind"]["value"], by_name["auc of site=blind"]["passed"]) == (0.5, False)
    assert by_name["auc of site=seeing"]["passed"]
    (gap,) = [one for one in told["splits"]["val"]["largest_gaps"] if one["metric"] == "auc"]
    assert (gap["column"], gap["lowest"]["value"], gap["intervals_overlap"]) == ("site", "blind", None)
