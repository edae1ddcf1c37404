"""An import from beginning to end: check the places, read the set, write links and tables."""

import contextlib
import csv
import dataclasses
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from components.public_sets import account
from components.public_sets.contents import HEMORRHAGE, LeftOut, Progress
from components.public_sets.errors import SourceError
from components.public_sets.registry import named, require
from components.public_sets.rules import FolderRules

__all__ = ["Imported", "import_set"]

TABLE, LEFT_OUT, ACCOUNT = "labels.csv", "left_out.csv", "import.txt"
LEFT_OUT_COLUMNS = ("kind", "reason", "what", "detail")
UNFINISHED = ".unfinished"  # behind the output folder's name while it is being made


@dataclasses.dataclass(frozen=True)
class Imported:
    """What an import made.

    Attributes:
      account: Counts and reasons, in lines of text; no names of files or patients.
      larger_share: Share of the larger class among the rows.
    """

    account: tuple[str, ...]
    larger_share: float


def import_set(
    name: str, src: Path, out: Path, rules: FolderRules, progress: Progress | None = None
) -> Imported:
    """Writes a folder that `ichor run` reads: labels.csv and symbolic links to the files that it names.

    The source is only read. Beside the table lie `left_out.csv`, a line for each row and file that
    is not used with its reason, and `import.txt`. These name files and patients as the source does.

    Args:
      name: Of the set.
      src: Its folder.
      out: Folder to make; new or empty.
      rules: What the user's settings say of class folders and patients.
      progress: Called while headers are read.
    Raises:
      SourceError: The set, a place or the file system is not as it has to be; nothing is left behind.
    """
    wanted = named(name)
    require(wanted, src, rules)
    real_src, real_out = src.resolve(), out.resolve()
    _check_places(real_src, real_out)
    with _folder_in_the_making(real_out) as folder:
        _try_link(real_src, folder)
        contents = wanted.read(real_src, rules, progress)
        if not contents.rows:
            reasons = "; ".join(account.left_out_lines(contents)) or "it is empty"
            raise SourceError(f"{src}: nothing of {name} can be used: {reasons}")
        lines = account.lines(wanted, src, out, contents)
        _link(real_src, folder, contents.links)
        _write(folder / LEFT_OUT, LEFT_OUT_COLUMNS, sorted(map(_cells, contents.left_out)))
        (folder / ACCOUNT).write_text("\n".join(lines) + "\n", encoding="utf-8")
        _write(folder / TABLE, contents.columns, contents.rows)
    larger = max(Counter(contents.cells(HEMORRHAGE)).values())
    return Imported(tuple(lines), larger / len(contents.rows))


def _check_places(src: Path, out: Path) -> None:
    if out == src or out.is_relative_to(src):
        raise SourceError(f"{out} lies in the set's own folder {src}, which is only read; name another --out")
    if src.is_relative_to(out):
        raise SourceError(f"the set's folder {src} lies in {out}; name another --out")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SourceError(
            f"{out} is there already and is not an empty folder; nothing was written. "
            "Name a new folder, or remove this one first"
        )


@contextlib.contextmanager
def _folder_in_the_making(out: Path) -> Iterator[Path]:
    """Gives a folder beside `out` that becomes it at the end, or is removed if anything goes wrong."""
    folder = out.with_name(out.name + UNFINISHED)
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        raise SourceError(f"{folder} is left from an import that was killed; remove it") from None
    try:
        yield folder
        folder.rename(out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # holds links, which are removed, not followed
        raise


def _try_link(src: Path, folder: Path) -> None:
    """Checks before the long work whether the file system can link."""
    link = folder / "link"
    try:
        link.symlink_to(src)
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise SourceError(
            f"{folder.parent}: cannot hold symbolic links ({why}); name an --out on a file system that can"
        ) from error
    link.unlink()


def _link(src: Path, folder: Path, links: Iterable[str]) -> None:
    made: set[str] = set()
    for path in links:
        parent = os.path.dirname(path)  # noqa: PTH120 (750,000 of them; Path takes ten times as long)
        if parent not in made:
            (folder / parent).mkdir(parents=True, exist_ok=True)
            made.add(parent)
        os.symlink(f"{src}/{path}", f"{folder}/{path}")  # noqa: PTH211


def _cells(each: LeftOut) -> tuple[str, ...]:
    return each.kind, each.reason, each.what, each.detail


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
