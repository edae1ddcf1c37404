"""Folders of phantom slices of two sizes; the larger links the files of the smaller under new names."""

import csv
import dataclasses
import os
from pathlib import Path

from bench.sizes import Sizes
from components.phantoms.dataset import TABLE, write_dataset
from pipeline.settings import load


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
        _multiply(small, large, sizes.copies)
    return Folders(small, large)


def _multiply(source: Path, target: Path, copies: int) -> None:
    with (source / TABLE).open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    multiplied = []
    for copy in range(copies):
        for row in rows:
            file = Path(row["file"])
            linked = file.with_name(f"{copy:02d}{file.name}")
            (target / linked).parent.mkdir(parents=True, exist_ok=True)
            os.link(source / file, target / linked)
            multiplied.append(row | {"file": linked.as_posix(), "patient": f"{copy:02d}{row['patient']}"})
    with (target / TABLE).open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(multiplied)
