import pytest
from tfx.types.standard_artifacts import Model, ModelBlessing

from components.evaluator.latest_blessed import BLESSING, CANDIDATE, MODEL, OlderBlessedModelStrategy

pytestmark = pytest.mark.tfx


def model(number: int) -> Model:
    artifact = Model()
    artifact.id = number
    return artifact


def blessing(of_model: int, blessed: int, final: bool = True) -> ModelBlessing:
    artifact = ModelBlessing()
    if final:
        artifact.set_int_custom_property("ichor_final", 1)
    artifact.set_int_custom_property("current_model_id", of_model)
    artifact.set_int_custom_property("blessed", blessed)
    return artifact


def resolved(candidate: int, models: list[int], blessings: dict[int, int]) -> list[int]:
    outputs = OlderBlessedModelStrategy().resolve_artifacts(
        None,
        {
            CANDIDATE: [model(candidate)],
            MODEL: [model(number) for number in models],
            BLESSING: [blessing(number, blessed) for number, blessed in blessings.items()],
        },
    )
    assert [artifact.id for artifact in outputs[CANDIDATE]] == [candidate]
    return [artifact.id for artifact in outputs[MODEL]]


def test_the_first_model_has_no_baseline():
    assert resolved(1, [1], {}) == []


def test_a_blessed_model_is_not_compared_with_itself():
    assert resolved(1, [1], {1: 1}) == []


def test_the_newest_blessed_model_before_the_candidate_is_the_baseline():
    assert resolved(9, [1, 4, 6, 9], {1: 1, 4: 1, 6: 0}) == [4]


def test_a_model_trained_after_the_candidate_is_never_its_baseline():
    assert resolved(4, [1, 4, 9], {1: 1, 9: 1}) == [1]


def test_a_model_that_only_the_evaluator_blessed_is_no_baseline():
    outputs = OlderBlessedModelStrategy().resolve_artifacts(
        None,
        {
            CANDIDATE: [model(9)],
            MODEL: [model(4), model(6), model(9)],
            BLESSING: [blessing(4, 1), blessing(6, 1, final=False), blessing(6, 0)],
        },
    )
    assert [artifact.id for artifact in outputs[MODEL]] == [4]
