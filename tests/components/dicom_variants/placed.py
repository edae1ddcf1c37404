"""One series in other orders, geometries and file names."""

import dataclasses
import math
from pathlib import Path

import numpy as np
from pydicom.fileset import FileSet

from components.phantoms.acquisition import Geometry
from dicom_variants.source import GEOMETRY, Made, datasets, variant, volume, write

SHUFFLED = (4, 0, 7, 2, 6, 1, 3, 5)


@variant
def numbered_from_the_head(folder: Path) -> Made:
    """InstanceNumber and file names count from the head to the neck, against the position."""
    made = datasets()
    for number, dataset in enumerate(reversed(made), 1):
        dataset.InstanceNumber = number
    written = write(folder, made[::-1])
    return dataclasses.replace(written, files=written.files[::-1])


@variant
def shuffled_numbers_and_names(folder: Path) -> Made:
    """InstanceNumber and file names are in no order: only the position is right."""
    made = datasets()
    for place, number in enumerate(SHUFFLED):
        made[place].InstanceNumber = len(made) - number
    written = write(folder, [made[place] for place in SHUFFLED])
    in_order = np.argsort(SHUFFLED)
    return dataclasses.replace(written, files=tuple(written.files[place] for place in in_order))


@variant
def without_position(folder: Path) -> Made:
    """No ImagePositionPatient: InstanceNumber gives the order, against the file names."""
    made = datasets()
    for dataset in made:
        del dataset.ImagePositionPatient, dataset.SliceLocation
    written = write(folder, made[::-1])
    return dataclasses.replace(written, files=written.files[::-1])


def _placed(folder: Path, geometry: Geometry) -> Made:
    return write(folder, datasets(geometry=geometry), geometry=geometry)


@variant
def non_square_pixels(folder: Path) -> Made:
    """Rows lie further apart than columns."""
    return _placed(folder, dataclasses.replace(GEOMETRY, spacing=(3.5, 2.0)))


@variant
def tilted_gantry(folder: Path) -> Made:
    """Slices tilted by 18 degrees, the couch moving along the patient: positions are sheared."""
    tilt = math.radians(18)
    return _placed(
        folder,
        dataclasses.replace(
            GEOMETRY, column=(0.0, math.cos(tilt), -math.sin(tilt)), step=(0.0, 0.0, GEOMETRY.thickness)
        ),
    )


@variant
def feet_first(folder: Path) -> Made:
    """Rows run to the patient's right, so that the normal points to the feet, against the files' order."""
    geometry = dataclasses.replace(GEOMETRY, row=(-1.0, 0.0, 0.0), step=(0.0, 0.0, GEOMETRY.thickness))
    made = datasets(geometry=geometry)
    for dataset in made:
        dataset.PatientPosition = "FFS"
    return write(folder, made, geometry=geometry)


@variant
def prone(folder: Path) -> Made:
    """The patient lies on the face: rows run to the right, columns to the front."""
    geometry = dataclasses.replace(GEOMETRY, row=(-1.0, 0.0, 0.0), column=(0.0, -1.0, 0.0))
    made = datasets(geometry=geometry)
    for dataset in made:
        dataset.PatientPosition = "HFP"
    return write(folder, made, geometry=geometry)


@variant
def with_extension(folder: Path) -> Made:
    """Files end in .dcm, mixed with .DCM."""
    written = write(folder, datasets())
    files = [
        file.rename(file.with_suffix(".DCM" if index % 2 else ".dcm"))
        for index, file in enumerate(written.files)
    ]
    return dataclasses.replace(written, files=tuple(files))


@variant
def named_by_uid(folder: Path) -> Made:
    """Files are named by their UID, which has dots in it: no ending says what they are."""
    made = datasets()
    written = write(folder, made)
    files = [
        file.rename(file.with_name(str(dataset.SOPInstanceUID)))
        for file, dataset in zip(written.files, made, strict=True)
    ]
    return dataclasses.replace(written, files=tuple(files))


@variant
def with_dicomdir(folder: Path) -> Made:
    """A file set as on a disc: DICOMDIR and folders PT000000/ST000000/SE000000."""
    medium = FileSet()
    for dataset in datasets():
        medium.add(dataset)
    medium.write(folder)
    order = sorted((item for item in FileSet(folder / "DICOMDIR")), key=lambda item: item.InstanceNumber)
    return Made(files=tuple(Path(item.path) for item in order), hu=volume())
