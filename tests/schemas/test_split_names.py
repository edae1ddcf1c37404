import ast
from pathlib import Path

import pytest

from schemas import features

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]


def test_the_splits_have_their_names_and_their_order():
    assert features.SPLITS == ("train", "val", "test")
    assert features.JUDGED == ("test", "val")
    assert features.SPLIT_NAMES == {"train": "training", "val": "validation", "test": "test"}


@pytest.mark.parametrize("package", ["schemas", "components", "pipeline"])
def test_no_other_file_spells_the_name_of_a_split_to_judge_by(package: str):
    spelt = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in ("val", "test")
    ]
    assert {line.rpartition(":")[0] for line in spelt} <= {"schemas/features.py"}, spelt
