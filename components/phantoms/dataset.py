"""Phantoms as a data set on disk: class folders of PNG slices and a label table."""

import csv
import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from components.imaging.intensity import BRAIN_WINDOW, to_grey
from components.phantoms.params import PhantomParams
from components.phantoms.regions import Kind, Stage
from components.phantoms.series import Series, make_series

HEMORRHAGE_FOLDER, NORMAL_FOLDER, TABLE = "hemorrhage", "normal", "labels.csv"
COLUMNS = ("file", "hemorrhage", "patient", "slice", "subtype", "age", "sex")
NO_SUBTYPE, SUBTYPE_JOINT = "none", "+"
PNG_EFFORT = 1  # zlib's level: noise hardly gets smaller at a higher one, but takes three times as long


@dataclasses.dataclass(frozen=True)
class DatasetSummary:
    """What was written.

    Attributes:
      patients: Series written.
      bleeding_patients: Those of them with at least one hemorrhage slice.
      slices: PNG files written.
      hemorrhage: Slices that show a bleed.
      normal: Slices that show none.
      stages: Slices by where they lie in their series.
      kinds: Slices by the subtypes that they show; one with two counts twice.
    """

    patients: int
    bleeding_patients: int
    slices: int
    hemorrhage: int
    normal: int
    stages: Mapping[Stage, int]
    kinds: Mapping[Kind, int]


def write_dataset(
    out: Path, params: PhantomParams, progress: Callable[[int, int], None] | None = None
) -> DatasetSummary:
    """Writes a data set: `hemorrhage/` and `normal/` with 8-bit PNG in the brain window, `labels.csv`.

    The same parameters give the same bytes; more patients leave those of the others as they are.

    Args:
      out: Folder that is new or empty.
      params: What is made.
      progress: Called after each patient with how many are done and how many there are.
    Raises:
      FileExistsError: `out` holds something, or is a file.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(
            f"{out} is there already and is not an empty folder; nothing was written. "
            "Name a new folder, or remove this one first"
        )
    for folder in (HEMORRHAGE_FOLDER, NORMAL_FOLDER):
        (out / folder).mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, str | int]] = []
    stages: Counter[Stage] = Counter()
    kinds: Counter[Kind] = Counter()
    for patient in range(params.patients):
        series = make_series(patient, params)
        rows.extend(_write_series(out, series))
        stages.update(series.stages)
        kinds.update(kind for shown in series.kinds for kind in shown)
        if progress is not None:
            progress(patient + 1, params.patients)
    rows.sort(key=lambda row: (row["patient"], row["slice"]))
    with (out / TABLE).open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    bleeding = [row for row in rows if row["hemorrhage"] == 1]
    return DatasetSummary(
        patients=params.patients,
        bleeding_patients=len({row["patient"] for row in bleeding}),
        slices=len(rows),
        hemorrhage=len(bleeding),
        normal=len(rows) - len(bleeding),
        stages=dict(stages),
        kinds=dict(kinds),
    )


def _write_series(out: Path, series: Series) -> list[dict[str, str | int]]:
    """Writes the slices of a patient and returns their rows of the table."""
    rows: list[dict[str, str | int]] = []
    patient = f"p{series.patient:03d}"
    for index, (hu, kinds) in enumerate(zip(series.hu, series.kinds, strict=True)):
        folder = HEMORRHAGE_FOLDER if kinds else NORMAL_FOLDER
        file = f"{folder}/{patient}_s{index:02d}.png"
        Image.fromarray(to_grey(hu, BRAIN_WINDOW)).save(out / file, compress_level=PNG_EFFORT)
        rows.append(
            {
                "file": file,
                "hemorrhage": int(bool(kinds)),
                "patient": patient,
                "slice": index,
                "subtype": SUBTYPE_JOINT.join(sorted(kinds)) or NO_SUBTYPE,
                "age": series.age,
                "sex": series.sex,
            }
        )
    return rows
