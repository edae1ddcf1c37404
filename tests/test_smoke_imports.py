"""That the stack's libraries are really there: some of them swallow a failed import and go on hollow."""

import re
from pathlib import Path

import pytest
import tfx.v1 as tfx  # before tensorflow_data_validation, which needs a module that TFX supplies

import tensorflow_data_validation as tfdv  # isort: skip
import tensorflow_model_analysis as tfma  # isort: skip

pytestmark = pytest.mark.tfx

ROOT = Path(__file__).parents[1]
NODES = {
    "StatisticsGen",
    "ImportSchemaGen",
    "ExampleValidator",
    "Transform",
    "Tuner",
    "Trainer",
    "Evaluator",
    "Pusher",
}


def _nodes_in_the_sources() -> set[str]:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    return {name for source in sources for name in re.findall(r"\btfx\.components\.([A-Z]\w+)", source)}


@pytest.mark.parametrize("node", sorted(NODES))
def test_a_stock_node_of_the_graph_is_really_there(node: str):
    assert isinstance(getattr(tfx.components, node), type)


def test_no_stock_node_is_used_that_is_not_looked_at_here():
    assert _nodes_in_the_sources() == NODES


def test_the_resolver_is_really_there():
    assert isinstance(tfx.dsl.Resolver, type)


def test_model_analysis_is_not_hollow():
    assert callable(tfma.default_eval_shared_model)
    assert callable(tfma.load_eval_result)


def test_data_validation_is_not_hollow():
    assert callable(tfdv.generate_statistics_from_csv)
