"""Unmistakable identities in every place of a folder of images: names, the table, metadata in files."""

import csv
from pathlib import Path

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from planted_identities import COLUMN, DATE, FILE, NAME

TABLE, CLASS_FOLDERS = "table", "class folders"
TO_JPEG = 3  # every third slice
ARTIST, WRITTEN, DESCRIPTION = (
    ExifTags.Base.Artist,
    ExifTags.Base.DateTime,
    ExifTags.Base.ImageDescription,
)


def plant_images(folder: Path, form: str) -> list[str]:
    """Rewrites a folder of image phantoms with its `labels.csv`; returns the patients' names.

    Folders and files are called by patients, and each file says who it shows and when, in all the ways that
    its format has, bytes after its end included.

    Args:
      folder: Of the phantoms.
      form: `TABLE` for a label table with folders of patients, `CLASS_FOLDERS` for those and no table.
    """
    table = folder / "labels.csv"
    with table.open() as file:
        labels = list(csv.DictReader(file))
    patients: dict[str, str] = {}
    rows = []
    for number, row in enumerate(labels):
        patient = patients.setdefault(row["patient"], f"{NAME}{len(patients):03d}")
        path = folder / row["file"]
        label = path.parent.name if form == CLASS_FOLDERS else ""
        suffix = ".png" if number % TO_JPEG else ".jpg"
        target = folder / label / f"{FILE} {patient}" / f"{FILE}^{patient}-{row['slice']}{suffix}"
        target.parent.mkdir(exist_ok=True)
        with Image.open(path) as image:
            _save_with_names(image, target, patient)
        path.unlink()
        note = f"{COLUMN} note of {patient}"
        file_name = str(target.relative_to(folder))
        rows.append((file_name, row["hemorrhage"], patient, f"{COLUMN} {patient}", note, DATE, row["sex"]))
    table.unlink()
    if form == TABLE:
        with table.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "hemorrhage", "patient", "PatientName", "note", "birth date", "sex"))
            writer.writerows(rows)
    return list(patients.values())


def _save_with_names(image: Image.Image, target: Path, patient: str) -> None:
    exif = Image.Exif()
    exif[ARTIST], exif[DESCRIPTION], exif[WRITTEN] = patient, f"{patient} head", DATE
    if target.suffix == ".jpg":
        profile = f"profile of {patient}".encode()
        image.save(target, quality=95, exif=exif, comment=patient.encode(), icc_profile=profile)
    else:
        chunks = PngInfo()
        chunks.add_text("Author", patient)
        chunks.add_text("Comment", f"{patient}, born {DATE}", zip=True)
        chunks.add_itxt("Title", patient, tkey=patient)
        chunks.add(b"prVt", patient.encode())
        image.save(target, pnginfo=chunks, exif=exif)
    with target.open("ab") as file:
        file.write(f"after the end of {patient}".encode())
