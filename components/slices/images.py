"""Finding the slices of a folder of image files, each a slice."""

from collections.abc import Sequence
from pathlib import Path

from components.slices.dicom.dataset import looks_like_dicom
from components.slices.errors import NamingError
from components.slices.formats import is_image
from components.slices.header import Reason, Rejection
from components.slices.labels import LabelledSlices, SliceRef, Slices, by_class_folders, patient_of
from components.slices.params import ReadingParams
from components.slices.table import read_table


def find_slices(root: Path, files: Sequence[str], params: ReadingParams) -> Slices:
    """Finds the slices, which are the images; their patients come from `ingest.patient_pattern`.

    Args:
      root: The folder.
      files: Below it.
      params: The pattern.
    """
    del root
    refs = [SliceRef(path, None, patient_of(path, params) or "") for path in files if is_image(path)]
    return Slices(refs, {})


def patients_by_table(
    root: Path, files: Sequence[str], params: ReadingParams
) -> dict[tuple[str, int | None], str]:
    """Returns the patients that the label table of a folder names, by file; arguments as of `find_slices`.

    Raises:
      DataError: The table does not keep to its form.
    """
    rows = read_table(root / params.table, files)
    return {(row.path, None): row.patient for row in rows if row.patient}


def find_labelled(root: Path, files: Sequence[str], params: ReadingParams, form: str) -> LabelledSlices:
    """Finds the slices to read.

    Args:
      root: The folder.
      files: All files below it.
      params: Name of the table, names of class folders.
      form: "table" or "folders": where labels are.
    Raises:
      DataError: The labels cannot be used, or nothing is left to read.
    """
    images = [path for path in files if is_image(path)]
    left_out: dict[str, int] = {}
    if form == "table":
        rows = read_table(root / params.table, files)
    else:
        _require_images(root, images, files)
        rows, left_out = by_class_folders(root, images, params)
    labelled = {row.path for row in rows}
    unlisted = len(set(images) - labelled) if form == "table" else 0
    warnings = [f"images that the label table does not name were not read: {unlisted}"] if unlisted else []
    warnings += [f"images {why} were not read: {number}" for why, number in left_out.items()]
    others = [path for path in files if not is_image(path) and path not in labelled and path != params.table]
    dicom = sum(looks_like_dicom(root / path) for path in others)
    if dicom:
        warnings.append(
            f"DICOM files among the images were not read: {dicom}; ingest.source=dicom reads them"
        )
    rejections = {path: Rejection(Reason.UNLABELLED) for path in images if path not in labelled}
    rejections |= {path: Rejection(Reason.OTHER_FILE) for path in others}
    return LabelledSlices(rows, rejections, unlisted, left_out, warnings)


def _require_images(root: Path, images: Sequence[str], files: Sequence[str]) -> None:
    if images:
        return
    kinds = sorted({Path(path).suffix or "no suffix" for path in files})
    raise NamingError(
        f"data folder {root}: no images; expected .png, .jpg or .jpeg files, or DICOM files, "
        + (f"found {len(files)} others ({', '.join(kinds[:5])})" if files else "it is empty")
    )
