"""Notebooks as they are committed: they import and define nothing, and hold no outputs."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.numpy

NOTEBOOKS = sorted(Path(__file__).parents[1].glob("notebooks/*.ipynb"))
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def complaints(notebook: nbformat.NotebookNode) -> list[str]:
    """Returns a line for each thing that a committed notebook must not hold."""
    lines = []
    for cell in notebook.cells:
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id):
            lines.append(f"{cell.id}: an id that says nothing and changes")
        if cell.cell_type != "code":
            continue
        if cell.outputs or cell.execution_count is not None:
            lines.append(f"{cell.id}: holds outputs")
        if any(isinstance(node, DEFINITIONS) for node in ast.walk(ast.parse(cell.source))):
            lines.append(f"{cell.id}: defines something")
    return lines


def test_there_are_three():
    assert [path.name for path in NOTEBOOKS] == [
        "01_data.ipynb",
        "02_evaluation.ipynb",
        "03_pushed_model.ipynb",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_valid_defines_nothing_and_holds_no_outputs(path: Path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert complaints(notebook) == []


def test_what_must_not_be_committed_is_reported():
    cell = nbformat.v4.new_code_cell("def f():\n    pass", execution_count=1)
    cell.id = "e3b0c442"
    assert complaints(nbformat.v4.new_notebook(cells=[cell])) == [
        "e3b0c442: an id that says nothing and changes",
        "e3b0c442: holds outputs",
        "e3b0c442: defines something",
    ]
