"""Examples in docstrings of modules that import TensorFlow."""

import pytest

from tests.docstring_examples import failures, modules_with_examples

pytestmark = pytest.mark.tf


@pytest.mark.parametrize("module", modules_with_examples("tf"))
def test_the_examples_of_a_tensorflow_module_hold(module: str):
    assert failures(module) == ""
