"""A working directory whose modules bear names of ichor's packages and of a library."""

from pathlib import Path

NAMES = ("schemas/__init__.py", "components/__init__.py", "pipeline/__init__.py", "grpc.py")
MODULE = """
from pathlib import Path

Path(__file__).with_suffix(".imported").touch()
raise ImportError("imported from the working directory")
"""


def write_modules(folder: Path) -> Path:
    """Writes modules that fail as they are imported, and returns their folder."""
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(MODULE)
    return folder


def imported(folder: Path) -> list[str]:
    """Returns which of them somebody tried to import, whatever became of the error."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*.imported")]
