"""What every file of the project has to keep to."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "components", "pipeline")
MOST_LINES = 400
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "misc", "base"}  # names that say nothing
VAGUE_NAMES = {"told", "tell", "asked", "ask", "heard", "found", "one", "listed"}
FREE_OF_VAGUE_NAMES = ("pipeline", "bench", "tools")
HEAVIER = {
    "numpy": r"tensorflow\w*|keras|tfx|apache_beam|ml_metadata|pipeline\.graph",
    "tf": r"tfx|apache_beam|tensorflow_(?:model_analysis|data_validation)|ml_metadata|pipeline\.graph",
    "tfx": r"(?!)",
    "e2e": r"(?!)",
}


def broken_rules(root: Path) -> list[str]:
    """Returns a line for each file that is too long or whose name says nothing."""
    broken = []
    for package in (*PACKAGES, "bench", "tests"):
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MOST_LINES:
                broken.append(f"{name}: {lines} lines, more than {MOST_LINES}: make it two files")
            if EMPTY_WORDS & set(path.stem.split("_")):
                broken.append(f"{name}: a name that says nothing")
    return broken


def broken_tiers(root: Path) -> list[str]:
    """Returns a line for each test module that imports what belongs to a heavier tier than its own."""
    broken = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        declared = re.findall(r"^pytestmark = pytest\.mark\.(\w+)$", source, re.MULTILINE)
        if len(declared) != 1 or declared[0] not in HEAVIER:
            broken.append(f"{path.name}: has to name one tier, names {declared}")
        elif heavy := re.search(rf"^\s*(?:from|import) ({HEAVIER[declared[0]]})\b", source, re.MULTILINE):
            broken.append(f"{path.name}: of tier {declared[0]}, imports {heavy[1]}")
    return broken


def vague_names(root: Path, packages: Iterable[str]) -> list[str]:
    """Returns a line for each function, class, argument or variable whose name does not say what it is."""
    broken = []
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            for line, name in sorted(_named(ast.parse(path.read_text(encoding="utf-8")))):
                if name.strip("_").lower() in VAGUE_NAMES:
                    broken.append(
                        f"{path.relative_to(root).as_posix()}:{line}: {name} does not say what it is"
                    )
    return broken


def _named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yields line and name; fields of a class are left out, for they are keys of JSON."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    fields = {part.target for node in classes for part in node.body if isinstance(part, ast.AnnAssign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields:
            yield node.lineno, node.id


def test_every_file_is_short_and_has_a_name_that_says_something():
    assert broken_rules(ROOT) == []


def test_every_test_module_is_of_the_tier_that_its_imports_need():
    assert broken_tiers(ROOT) == []


def test_test_modules_have_names_of_their_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_every_name_says_what_it_is():
    assert vague_names(ROOT, FREE_OF_VAGUE_NAMES) == []


def test_a_long_file_and_an_empty_name_are_reported(tmp_path: Path):
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "long.py").write_text("x = 1\n" * 401)
    (tmp_path / "components" / "just_right.py").write_text("x = 1\n" * 400)
    (tmp_path / "components" / "image_utils.py").touch()
    assert broken_rules(tmp_path) == [
        "components/image_utils.py: a name that says nothing",
        "components/long.py: 401 lines, more than 400: make it two files",
    ]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import numpy", "test_x.py: has to name one tier, names []"),
        ("pytestmark = pytest.mark.slow", "test_x.py: has to name one tier, names ['slow']"),
        (
            "pytestmark = pytest.mark.numpy\nimport tensorflow as tf",
            "test_x.py: of tier numpy, imports tensorflow",
        ),
        ("pytestmark = pytest.mark.tf\nfrom tfx import v1", "test_x.py: of tier tf, imports tfx"),
    ],
)
def test_a_test_module_of_the_wrong_tier_is_reported(tmp_path: Path, source: str, complaint: str):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(source)
    assert broken_tiers(tmp_path) == [complaint]


def test_a_name_that_does_not_say_what_it_is_is_reported(tmp_path: Path):
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "vague.py").write_text(
        "class Found:\n"
        "    found: int = 0\n"
        "def _tell(one, lines_found):\n"
        "    told, rows = one\n"
        "    return [ask for ask in rows if (heard := ask)]\n"
        "async def asked(*, listed): ...\n"
    )
    reported = vague_names(tmp_path, ("components", "schemas"))
    assert [line.split(": ")[1].split()[0] for line in reported] == [
        "Found", "_tell", "one", "told", "ask", "heard", "asked", "listed",
    ]  # fmt: skip
    assert reported[0] == "components/vague.py:1: Found does not say what it is"
