import ast
import re
import signal
from pathlib import Path

import pytest

from pipeline import exit_codes

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]


def table_of(page: str) -> dict[int, str]:
    """The meanings of the exit statuses, by number, of the page's table of them."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (table,) = re.findall(r"\| (?:exit )?status \| meaning \|\n\| --- \| --- \|\n((?:\|.*\n)+)", text)
    rows = re.findall(r"^\| ([\d, ]+) \| (.*) \|$", table, re.MULTILINE)
    return {int(number): meaning for numbers, meaning in rows for number in numbers.split(", ")}


def test_a_run_ends_as_the_readme_says():
    meanings = table_of("README.md")
    assert meanings.keys() == {
        exit_codes.OK, exit_codes.ERROR, exit_codes.WRONG_CALL, exit_codes.NOT_BLESSED,
        exit_codes.INTERRUPTED, exit_codes.TERMINATED,
    }  # fmt: skip
    assert "blessed and pushed" in meanings[exit_codes.OK]
    assert "error" in meanings[exit_codes.ERROR]
    assert "cannot be understood" in meanings[exit_codes.WRONG_CALL]
    assert "not blessed" in meanings[exit_codes.NOT_BLESSED]
    assert "Ctrl-C" in meanings[exit_codes.INTERRUPTED]
    assert "SIGTERM" in meanings[exit_codes.TERMINATED]


def test_a_run_on_kubeflow_ends_as_its_page_says():
    meanings = table_of("docs/kubeflow.md")
    assert meanings.keys() == {
        exit_codes.OK, exit_codes.ERROR, exit_codes.NOT_SENT, exit_codes.NOT_KNOWN,
        exit_codes.INTERRUPTED, exit_codes.TERMINATED,
    }  # fmt: skip
    assert "no run was started" in meanings[exit_codes.NOT_SENT]
    assert "how the run ends is not known" in meanings[exit_codes.NOT_KNOWN]


def test_drift_has_the_status_that_the_readme_gives_it():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"exit status is {exit_codes.OK} without drift, {exit_codes.DRIFT} with drift" in text


def test_a_signal_ends_a_command_with_128_and_its_number():
    assert exit_codes.INTERRUPTED == 128 + signal.SIGINT
    assert exit_codes.TERMINATED == 128 + signal.SIGTERM


def _of_command(path: Path, function: ast.FunctionDef) -> bool:
    """Whether a function returns the exit status that a command or a run on the terminal ends with."""
    returns = function.returns
    whole = isinstance(returns, ast.Name) and returns.id == "int"
    return whole and (path.parent.name == "commands" or path.name in ("cli.py", "session.py"))


def test_no_command_ends_with_a_number_of_its_own():
    numbers = [
        f"{path.relative_to(ROOT)}:{each.lineno}"
        for path in (ROOT / "pipeline").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.name in ("main", "run") or _of_command(path, node))
        for each in ast.walk(node)
        if isinstance(each, ast.Return) and isinstance(each.value, ast.Constant)
    ]
    assert numbers == []
