"""Phantoms as a data set on disk: PNG slices in class folders or DICOM studies, and a label table."""

import csv
import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from PIL import Image

from components.imaging.intensity import BRAIN_WINDOW, to_grey
from components.phantoms.companions import Extra
from components.phantoms.masks import check_masks_folder, write_masks
from components.phantoms.params import PhantomFolderParams
from components.phantoms.regions import Kind, Stage
from components.phantoms.series import Series, make_series
from components.phantoms.studies import patient_id, slice_path, write_study

__all__ = ["TABLE", "write_dataset"]

HEMORRHAGE_FOLDER, NORMAL_FOLDER, TABLE = "hemorrhage", "normal", "labels.csv"
COLUMNS = {
    "png": ("file", "hemorrhage", "patient", "slice", "subtype", "age", "sex"),
    "dicom": ("SOPInstanceUID", "hemorrhage", "subtype", "age", "sex"),  # the header has the rest
}
NO_SUBTYPE, SUBTYPE_JOINT = "none", "+"
PNG_EFFORT = 1  # zlib's level: noise hardly gets smaller at a higher one, but takes three times as long


@dataclasses.dataclass(frozen=True)
class DatasetSummary:
    """What was written.

    Attributes:
      patients: Series written.
      bleeding_patients: Those of them with at least one hemorrhage slice.
      slices: Written; those of extra series do not count.
      hemorrhage: Slices that show a bleed.
      normal: Slices that show none.
      stages: Slices by where they lie in their series.
      kinds: Slices by the subtypes that they show; a slice with two counts twice.
    """

    patients: int
    bleeding_patients: int
    slices: int
    hemorrhage: int
    normal: int
    stages: Mapping[Stage, int]
    kinds: Mapping[Kind, int]

    def __str__(self) -> str:
        """Returns it in one line."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.items())
        return (
            f"{self.slices} slices of {self.patients} phantoms; {self.hemorrhage} slices of "
            f"{self.bleeding_patients} phantoms show a hemorrhage ({kinds})"
        )


Row = dict[str, str | int]


def write_dataset(
    out: Path,
    params: PhantomFolderParams,
    progress: Callable[[int, int], None] | None = None,
    extras: Collection[Extra] = (),
    masks: Path | None = None,
) -> DatasetSummary:
    """Writes a data set and its `labels.csv`.

    As PNG it is `hemorrhage/` and `normal/` with 8-bit slices in the brain window; as DICOM a folder a
    patient with a folder a series. The same parameters give the same bytes; more patients leave those of
    the others as they are.

    Args:
      out: Folder that is new or empty.
      params: What is made.
      progress: Called after each patient with how many are done and how many there are.
      extras: What each DICOM study holds beside its axial series; the table does not name it.
      masks: Folder, new or empty, for a mask of each bleed under its slice's relative path.
    Raises:
      FileExistsError: `out` or `masks` holds something, or is a file.
      ValueError: `extras` are wanted as PNG, or `masks` lies in `out`.
    """
    if extras and params.format != "dicom":
        raise ValueError(f"extras are DICOM series, phantoms.format is {params.format!r}; set it to 'dicom'")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(
            f"{out} is there already and is not an empty folder; nothing was written. "
            "Name a new folder, or remove this one first"
        )
    if masks is not None:
        check_masks_folder(masks, out)
    for folder in (out / HEMORRHAGE_FOLDER, out / NORMAL_FOLDER) if params.format == "png" else (out,):
        folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    stages: Counter[Stage] = Counter()
    kinds: Counter[Kind] = Counter()
    bleeding = 0
    for patient in range(params.patients):
        series = make_series(patient, params)
        if params.format == "png":
            of_series = _write_pngs(out, series)
            paths = [str(row["file"]) for row in of_series]
        else:
            uids = write_study(out / patient_id(patient), series, params, extras)
            of_series = [{"SOPInstanceUID": uid, **_said(series, i)} for i, uid in enumerate(uids)]
            paths = [slice_path(patient, i) for i in range(len(uids))]
        rows.extend(of_series)
        if masks is not None:
            write_masks(masks, series, paths)
        bleeding += any(series.kinds)
        stages.update(series.stages)
        kinds.update(kind for shown in series.kinds for kind in shown)
        if progress is not None:
            progress(patient + 1, params.patients)
    if params.format == "png":
        rows.sort(key=lambda row: (row["patient"], row["slice"]))
    with (out / TABLE).open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, COLUMNS[params.format], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    hemorrhage = sum(row["hemorrhage"] == 1 for row in rows)
    return DatasetSummary(
        patients=params.patients,
        bleeding_patients=bleeding,
        slices=len(rows),
        hemorrhage=hemorrhage,
        normal=len(rows) - hemorrhage,
        stages=dict(stages),
        kinds=dict(kinds),
    )


def _said(series: Series, index: int) -> Row:
    """What the table says of a slice in either form."""
    kinds = series.kinds[index]
    return {
        "hemorrhage": int(bool(kinds)),
        "subtype": SUBTYPE_JOINT.join(sorted(kinds)) or NO_SUBTYPE,
        "age": series.age,
        "sex": series.sex,
    }


def _write_pngs(out: Path, series: Series) -> list[Row]:
    """Writes the slices of a patient and returns their rows of the table."""
    rows: list[Row] = []
    patient = patient_id(series.patient)
    for index, (hu, kinds) in enumerate(zip(series.hu, series.kinds, strict=True)):
        folder = HEMORRHAGE_FOLDER if kinds else NORMAL_FOLDER
        file = f"{folder}/{patient}_s{index:02d}.png"
        Image.fromarray(to_grey(hu, BRAIN_WINDOW)).save(out / file, compress_level=PNG_EFFORT)
        rows.append({"file": file, "patient": patient, "slice": index, **_said(series, index)})
    return rows
