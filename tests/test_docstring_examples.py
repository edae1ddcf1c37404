"""Examples in docstrings of modules that do without TensorFlow."""

from types import ModuleType

import pytest

from tests.docstring_examples import failures, modules_with_examples

pytestmark = pytest.mark.numpy


@pytest.mark.parametrize("module", modules_with_examples("numpy"))
def test_the_examples_of_a_numpy_module_hold(module: str):
    assert failures(module) == ""


def test_no_example_needs_tfx():
    assert modules_with_examples("tfx") == [], "importing TFX takes 13 s: give them a module of the tier tfx"


def test_an_example_that_does_not_hold_is_reported():
    assert "Expected:\n    3\nGot:\n    2\n" in failures(ModuleType("made", ">>> 1 + 1\n3\n"))


def test_a_module_whose_examples_are_not_seen_is_reported():
    assert (
        failures(ModuleType("made", "None.")) == "made: no example was run; >>> has to stand in a docstring"
    )
