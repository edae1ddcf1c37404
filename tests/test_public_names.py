"""What a room offers to others stands in `__all__` of its modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_import_directions import PACKAGES, ROOT, modules

pytestmark = pytest.mark.numpy


def room(module: str) -> str:
    """Returns the room of a module: `schemas`, or what lies directly below `components` and `pipeline`."""
    return ".".join(module.split(".")[: 1 if module.startswith("schemas") else 2])


def public_names(tree: ast.Module) -> set[str]:
    """Returns the names in `__all__`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def names_used(module: str, tree: ast.Module, known: set[str]) -> Iterator[tuple[str, str]]:
    """Yields module and name of what is taken from other rooms, by import or as a module's attribute."""
    module_of_alias = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            for alias in node.names:
                target = f"{node.module}.{alias.name}"
                if target in known and room(target) != room(module):
                    module_of_alias[alias.asname or alias.name] = target
                elif node.module in known and target not in known and room(node.module) != room(module):
                    yield node.module, alias.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in module_of_alias:
            yield module_of_alias[ast.unparse(node.value)], node.attr


def undeclared_names(root: Path) -> list[str]:
    """Returns a line for each name that a room takes from another without it being in `__all__` there."""
    trees = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in modules(root).items()}
    declared = {module: public_names(tree) for module, tree in trees.items()}
    return sorted(
        f"{module} uses {owner}.{name}, which is not in __all__ there"
        for module, tree in trees.items()
        for owner, name in set(names_used(module, tree, set(trees)))
        if name not in declared[owner]
    )


def test_a_room_uses_only_what_another_declares_as_public():
    assert undeclared_names(ROOT) == []


def test_each_public_name_is_defined_in_its_module():
    missing = []
    for module, path in modules(ROOT).items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        defined = {name.id for node in tree.body for name in ast.walk(node) if isinstance(name, ast.Name)} | {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        missing += [f"{module}.{name}" for name in public_names(tree) - defined]
    assert missing == []


def test_what_has_an_example_is_public():
    hidden = []
    for module, path in modules(ROOT).items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        with_example = {
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and ">>>" in (ast.get_docstring(node) or "")
        }
        hidden += [f"{module}.{name}" for name in with_example - public_names(tree)]
    assert hidden == []


def test_a_private_name_that_another_room_uses_is_reported(tmp_path: Path):
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    (tmp_path / "schemas" / "a.py").write_text('__all__ = ["SHOWN"]\nSHOWN, HIDDEN = 1, 2\n')
    (tmp_path / "components" / "b").mkdir()
    (tmp_path / "components" / "b" / "c.py").write_text(
        "from schemas import a\nfrom schemas.a import HIDDEN, SHOWN\nx = a.HIDDEN + a.SHOWN\n"
    )
    assert undeclared_names(tmp_path) == [
        "components.b.c uses schemas.a.HIDDEN, which is not in __all__ there"
    ]
