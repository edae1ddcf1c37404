"""Where everything that a run makes lies below its output folder."""

import dataclasses
from pathlib import Path

from components.ingest.identity import key_path
from pipeline.settings.config import Config
from pipeline.settings.loading import ConfigError
from pipeline.settings.params import RunParams

__all__ = ["Layout", "MovedError", "NoRunError", "absolute", "numbered", "require_apart"]


class NoRunError(LookupError):
    """There is no such run; the message is for the user."""


class MovedError(RuntimeError):
    """The output folder does not lie where its history says; the message is for the user."""


def absolute(path: str) -> Path:
    """Returns an absolute path: ~ is the home folder, what is relative starts at the working directory."""
    return Path(path).expanduser().resolve()


def numbered(folder: Path) -> list[Path]:
    """Returns what lies in a folder and is named by a number, the highest last."""
    return sorted((path for path in folder.glob("*") if path.name.isdigit()), key=lambda path: int(path.name))


@dataclasses.dataclass(frozen=True)
class Layout:
    """Absolute paths of what a run makes."""

    root: Path
    artifacts: Path
    metadata: Path
    pushed: Path
    logs: Path
    checks: Path
    training_state: Path
    tuning_state: Path

    @classmethod
    def of(cls, run: RunParams) -> "Layout":
        """Returns the layout of a run's output folder."""
        root = absolute(run.output)
        return cls(
            root=root,
            artifacts=root / "artifacts",
            metadata=root / "metadata.sqlite",
            pushed=root / "pushed",
            logs=root / "logs",
            checks=root / "checks",
            training_state=root / "training-state",
            tuning_state=root / "tuning-state",
        )


def require_apart(config: Config) -> None:
    """Refuses places that must not lie in each other.

    Raises:
      ConfigError: Results would be written among the data or into a file, or the key kept among data or
        results.
    """
    root, key = Layout.of(config.run).root, key_path(config.ingest).resolve()
    for place in (root, *root.parents):
        if place.is_file():
            raise ConfigError(f"run.output: {place} is a file; give a folder")
    if root.is_relative_to(absolute(config.run.data)):
        raise ConfigError(f"run.output: {root} lies in the data folder; write outside of it")
    if key.is_relative_to(absolute(config.run.data)):
        raise ConfigError(
            f"ingest.key_file: {key} lies in the data folder, which is only read; keep it elsewhere"
        )
    if key.is_relative_to(root):
        raise ConfigError(
            f"ingest.key_file: {key} lies in the output folder; whoever is given the results would have the "
            "key to their ids; keep it elsewhere"
        )
