"""Folders of phantom slices of two sizes; the larger links the files of the smaller under new names."""

import csv
import dataclasses
import os
from pathlib import Path

from bench.sizes import Sizes
from components.phantoms.dataset import TABLE, write_dataset
from pipeline.settings.loading import load


@dataclasses.dataclass(frozen=True)
class Folders:
    """Two data folders that differ in the number of patients alone.

    Attributes:
      small: Folder as `ichor phantoms` writes it.
      large: `Sizes.copies` times as many patients.
    """

    small: Path
    large: Path

    def encoded(self) -> list[bytes]:
        """Returns the files of the small folder."""
        return [path.read_bytes() for path in sorted(self.small.rglob("*.png"))]


def make(folder: Path, sizes: Sizes) -> Folders:
    """Writes both folders; where they are there already, they are taken as they are."""
    small, large = folder / "small", folder / "large"
    if not large.exists():
        settings = [
            f"phantoms.{name}={getattr(sizes, name)}" for name in ("patients", "slices_per_series", "side")
        ]
        write_dataset(small, load("local", settings, environment={}).config.phantoms)
        link(small, large, sizes.large)
    return Folders(small, large)


def link(source: Path, target: Path, slices: int) -> None:
    """Makes a folder of as many slices by linking a folder's files again and again, as other patients."""
    with (source / TABLE).open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    linked = []
    for number in range(slices):
        copy, at = divmod(number, len(rows))
        row, prefix = rows[at], f"{copy:04d}"
        file = Path(row["file"])
        name = file.with_name(f"{prefix}{file.name}")
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(source / file, target / name)
        linked.append(row | {"file": name.as_posix(), "patient": f"{prefix}{row['patient']}"})
    with (target / TABLE).open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(linked)
