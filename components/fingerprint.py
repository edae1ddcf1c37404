"""A fingerprint of source files, so that TFX's cache sees a change of code."""

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["ROOT", "of_code", "of_file"]

ROOT = Path(__file__).resolve().parent.parent
# ROOT is the checkout or, of an installed wheel, site-packages, where pandas, Beam and all others lie too.
PACKAGES = frozenset({"schemas", "components", "pipeline"})
# Of files that ship; an editor's copies and compiled bytecode beside them are in no wheel.
SUFFIXES = frozenset({".py", ".pbtxt", ".html", ".css", ".js", ".json", ".toml"})


def of_file(name: str) -> str:
    """Returns a SHA-256 over one source file.

    Args:
      name: Below the project's root, such as "schemas/slices.pbtxt".
    Returns:
      Sixteen hexadecimal digits.
    Raises:
      FileNotFoundError: There is no such file.
    """
    return _digest([ROOT / name], ROOT)


def of_code(start: str, root: Path = ROOT) -> str:
    """Returns a SHA-256 over a file or a room, and over all sources of the project that it imports.

    What is imported by what is imported counts too, wherever in a file the import stands. What is not reached
    does not count, so that a change there re-runs nothing here.

    Args:
      start: File or folder below the project's root, such as "components/ingest".
      root: The project's folder.
    Returns:
      Sixteen hexadecimal digits; equal if and only if names and contents are.
    Raises:
      FileNotFoundError: There is no such file or folder.
    """
    return _digest(files_of(start, root), root)


def files_of(start: str, root: Path = ROOT) -> set[Path]:
    """Returns a file, or the files of a room that ship, and all sources of the project that they import.

    Args:
      start: File or folder below the project's root, such as "components/ingest".
      root: The project's folder.
    Raises:
      FileNotFoundError: There is no such file or folder.
    """
    path = root / start
    if not path.exists():
        raise FileNotFoundError(f"no such source: {start}")
    reached = {path} if path.is_file() else {file for file in path.rglob("*") if _ships(file, path)}
    waiting = sorted(reached)
    while waiting:
        imported = set(_imported(waiting.pop(), root)) - reached
        reached |= imported
        waiting += imported
    return reached


def _ships(file: Path, room: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(room).parts)
    return file.suffix in SUFFIXES and not hidden and file.is_file()


@functools.cache
def _imported(file: Path, root: Path) -> tuple[Path, ...]:
    """Returns the project's own files that a file imports; the files of packages on the way to them too."""
    if file.suffix != ".py":
        return ()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [name for statement in _statements(tree) for name in _names(statement)]
    return tuple({path for name in names for path in _files(name, root)})


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the statements below a node; a walk through their expressions too takes five times as long."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield child
            yield from _statements(child)


def _names(node: ast.AST) -> Iterator[str]:
    """Yields the dotted names that a statement imports; the project has no relative imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(name: str, root: Path) -> Iterator[Path]:
    if name.partition(".")[0] not in PACKAGES:
        return
    path = root
    for part in name.split("."):
        path /= part
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                yield file


def _digest(files: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
