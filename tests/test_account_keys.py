"""No key of an account stands as a string outside its type: whoever reads one uses attributes."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import schemas.accounts
from schemas.accounts.account import Part

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[1]
PACKAGES = ("components", "pipeline")
ACCOUNTS = "schemas.accounts"
# Hands accounts on, so that whoever imports it reads them too.
READERS = (
    "schemas.hyperparameters", "pipeline.past_runs.accounts", "pipeline.past_runs.comparison",
    "components.report.run_facts",
)  # fmt: skip
# What has keys of the same names and is no account, by file.
NO_ACCOUNT = {
    "components/leakage/account.py": {"prints", "row"},  # columns of NumPy's records
    "components/leakage/component.py": {"prints"},
    "components/report/gathering.py": {"properties"},  # of an artifact in ML Metadata
    "components/report/page.py": {"plot"},  # plotly's
    "pipeline/past_runs/accounts.py": {"properties"},
    "pipeline/past_runs/comparison_page.py": {"blocks"},  # of the drawn page
    "pipeline/past_runs/tfma_results.py": {"metrics"},  # TFMA's
    "pipeline/past_runs/verdict.py": {"properties"},
}
IN_TEMPLATES = re.compile(r"(?:\[|\.get\()\s*[\"']([a-z0-9_]+)[\"']\s*[\])]")


def account_keys() -> set[str]:
    """Returns the keys of all accounts, as files have them."""
    for module in pkgutil.iter_modules(schemas.accounts.__path__, f"{ACCOUNTS}."):
        importlib.import_module(module.name)
    importlib.import_module("schemas.hyperparameters")
    kinds, keys = [Part], set()
    while kinds:
        kind = kinds.pop()
        kinds += [each for each in kind.__subclasses__() if each.__module__.startswith("schemas.")]
        keys |= {field.serialization_alias or name for name, field in kind.model_fields.items()}
    return keys


def reads_accounts(tree: ast.Module) -> bool:
    """Returns whether a module imports an account's type or file name, or from what hands accounts on."""
    return any(
        f"{node.module}.{alias.name}".startswith((ACCOUNTS, *READERS))
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )


def lookups(root: Path) -> Iterator[tuple[str, int, str, str | None]]:
    """Yields each lookup by a string where accounts are read: file, line, the string, what is looked into."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            nodes = ast.walk(tree) if reads_accounts(tree) else ()
            for node in sorted(nodes, key=lambda node: getattr(node, "lineno", 0)):
                if isinstance(node, ast.Subscript):
                    key, of = node.slice, node.value
                elif _is_get(node):
                    key, of = node.args[0], node.func.value
                else:
                    continue
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield path.relative_to(root).as_posix(), node.lineno, key.value, _name(of)
        for path in sorted((root / package).rglob("*.html")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for key in IN_TEMPLATES.findall(line):
                    yield path.relative_to(root).as_posix(), number, key, None


def keys_as_strings(root: Path, keys: set[str]) -> list[str]:
    """Returns a line for each place where what reads accounts looks up one of their keys as a string."""
    return [
        f"{file}:{line}: key {key!r} of an account as a string; read the type's attribute"
        for file, line, key, of in lookups(root)
        if key in keys and of not in NO_ACCOUNT.get(file, ())
    ]


def _is_get(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"get", "pop"}
        and bool(node.args)
    )


def _name(node: ast.AST) -> str | None:
    """Returns the last name of an expression: `c` of `c`, `b.c` and `c[0]`."""
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    return getattr(node, "attr", getattr(node, "id", None))


def test_no_key_of_an_account_stands_as_a_string_outside_its_type():
    assert keys_as_strings(ROOT, account_keys()) == []


def test_every_exception_is_still_needed():
    there = {(file, of) for file, _, key, of in lookups(ROOT) if key in account_keys()}
    assert {(file, of) for file, names in NO_ACCOUNT.items() for of in names} <= there


def test_a_key_as_a_string_is_reported_wherever_accounts_are_read(tmp_path: Path):
    (tmp_path / "components").mkdir()
    (tmp_path / "pipeline").mkdir()
    lines = 'account["counts"][split]\naccount.get("splits", {})\naccount["no_key_at_all"]\naccount.counts\n'
    imported = "from schemas.accounts.slice_filter import FilterAccount\n"
    (tmp_path / "components" / "reader.py").write_text(imported + lines)
    (tmp_path / "components" / "another.py").write_text("import numpy\n" + lines)  # reads no account
    (tmp_path / "pipeline" / "past.py").write_text(
        "from pipeline.past_runs.accounts import evaluation_report\nevaluation_report(run)['splits']\n"
    )
    (tmp_path / "pipeline" / "page.html").write_text("{{ account['totals'] }} {{ plots['auc'] }}\n")
    assert [line.partition(" of ")[0] for line in keys_as_strings(tmp_path, account_keys())] == [
        "components/reader.py:2: key 'counts'",
        "components/reader.py:3: key 'splits'",
        "pipeline/past.py:2: key 'splits'",
        "pipeline/page.html:1: key 'totals'",
    ]
