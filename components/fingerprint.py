"""A fingerprint of source files, so that TFX's cache sees a change of code."""

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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
    path = root / start
    if not path.exists():
        raise FileNotFoundError(f"no such source: {start}")
    files = [path] if path.is_file() else path.rglob("*")
    reached = {file for file in files if file.is_file() and "__pycache__" not in file.parts}
    waiting = sorted(reached)
    while waiting:
        found = set(_imported(waiting.pop(), root)) - reached
        reached |= found
        waiting += found
    return _digest(reached, root)


@functools.cache
def _imported(file: Path, root: Path) -> tuple[Path, ...]:
    """Returns the project's own files that a file imports; the files of packages on the way to them too."""
    if file.suffix != ".py":
        return ()
    names = [name for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) for name in _names(node)]
    return tuple({path for name in names for path in _files(name, root)})


def _names(node: ast.AST) -> Iterator[str]:
    """Yields the dotted names that a statement imports; the project has no relative imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(name: str, root: Path) -> Iterator[Path]:
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
