"""CT-ICH of PhysioNet: slices in a brain window as JPEG, with subtypes, fracture, age and sex.

M. Hssayeni et al., "Intracranial Hemorrhage Segmentation Using a Deep Convolutional Model", Data 2020,
5(1):14, doi:10.3390/data5010014; the set: doi:10.13026/w8q8-ky94.
Licence: CC BY 4.0 for 1.0.0 to 1.3.0; 1.3.1 is restricted. Size: 2,501 slices of 82 patients, 650 x 650
pixels, window of centre 40 HU and width 120 HU; two radiologists agreed on each label.

Two layouts are read.

Of version 1.0.0, as several public programs that read it agree on it:
- `hemorrhage_diagnosis.csv`: columns PatientNumber (49), SliceNumber (1), and of 0 and 1 Intraventricular,
  Intraparenchymal, Subarachnoid, Epidural, Subdural, No_Hemorrhage, Fracture_Yes_No.
- `Patients_CT/049/brain/1.jpg`; beside it `1_HGE_Seg.jpg`, the mask of its hemorrhage; and
  `Patients_CT/049/bone/1.jpg`, the same in a bone window.
- `patient_demographics.csv`: columns Patient Number, Age (years) and Gender, whose names hold line breaks; a
  second row of a joint header has no patient number. Without this file there is no age and no sex.

Flat: `labels.csv` with file, patient, slice, hemorrhage, the subtypes, and fracture, age and sex where known,
and the files in `images/`.

Not read: versions with `ct_scans/*.nii`. Their `hemorrhage_diagnosis_raw_ct.csv` counts the slices of those
volumes, 2,814 of 75 patients: its numbers do not fit the JPEG files, so it is never used for them.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from components.public_sets import ct_ich_flat
from components.public_sets.contents import SUBTYPES, Kind, LeftOut, Progress, Reason, SetContents
from components.public_sets.ct_ich_rows import Labelled, match_files
from components.public_sets.errors import SourceError
from components.public_sets.rules import FolderRules
from components.public_sets.tables import NUMBER, Table
from components.public_sets.tree import files_below

TABLE, PEOPLE, FOLDER = "hemorrhage_diagnosis.csv", "patient_demographics.csv", "Patients_CT"
PATIENT, SLICE, NONE, FRACTURE = "PatientNumber", "SliceNumber", "No_Hemorrhage", "Fracture_Yes_No"
WINDOW, MASK_ENDING, IMAGE_ENDING = "brain", "_HGE_Seg", ".jpg"
VOLUMES, VOLUMES_TABLE = "ct_scans", "hemorrhage_diagnosis_raw_ct.csv"
AGE, SEX, PERSON = ("age (years)", "age(years)", "age"), ("gender", "sex"), "patient number"


def lacks(src: Path, _: FolderRules) -> str:
    """Returns what of the set is not in a folder, or ""."""
    if (src / TABLE).is_file() and (src / FOLDER).is_dir():
        return ""
    if (src / TABLE).is_file():
        return f"no folder {FOLDER} is in it"
    if ct_ich_flat.is_there(src):
        return ""
    if (src / VOLUMES).is_dir() or (src / VOLUMES_TABLE).is_file():
        return (
            f"it has {VOLUMES}/*.nii or their table {VOLUMES_TABLE}, as version 1.3.1 has; these volumes are "
            "not read, and their table does not fit the JPEG files of 1.0.0"
        )
    return f"neither {TABLE} and {FOLDER}/ nor {ct_ich_flat.TABLE} with its columns is in it"


def read(src: Path, rules: FolderRules, progress: Progress | None) -> SetContents:
    """Reads labels and matches them with the files.

    Raises:
      SourceError: A table is not as published.
    """
    if not (src / TABLE).is_file():
        return ct_ich_flat.read(src, rules, progress)
    files, left_out = files_below(src, FOLDER)
    slices: dict[tuple[int, int], str] = {}
    masks: set[tuple[int, int]] = set()
    for path in files:
        place, is_mask, reason = _place(path)
        if place is not None and not is_mask and place in slices:
            place, reason = None, Reason.OTHER_FILE  # 049 and 49, or 1.jpg and 01.jpg
        if place is None or is_mask:
            left_out.append(LeftOut(Kind.FILE, path, reason))
            masks |= {place} if place is not None else set()
        else:
            slices[place] = path
    return match_files(_rows(src), slices, masks, left_out)


def _place(path: str) -> tuple[tuple[int, int] | None, bool, Reason]:
    """Returns patient and slice of a file, whether it is a mask, and why it is no slice if it is none."""
    parts = PurePosixPath(path).parts
    if len(parts) != 4 or not NUMBER.fullmatch(parts[1]) or not parts[3].lower().endswith(IMAGE_ENDING):
        return None, False, Reason.OTHER_FILE
    name = parts[3][: -len(IMAGE_ENDING)]
    number = name.removesuffix(MASK_ENDING)
    if parts[2] != WINDOW:
        return None, False, Reason.OTHER_WINDOW
    if not NUMBER.fullmatch(number):
        return None, False, Reason.OTHER_FILE
    return (int(parts[1]), int(number)), number != name, Reason.MASK


def _rows(src: Path) -> Iterator[tuple[tuple[int, int], Labelled]]:
    table = Table(src / TABLE, (PATIENT, SLICE, *SUBTYPES, NONE))
    people = _people(src)
    for number, cells in table:
        patient = table.whole(number, PATIENT, cells[table.index(PATIENT)])
        index = table.whole(number, SLICE, cells[table.index(SLICE)])
        age, sex = people.get(patient, ("", ""))
        label = Labelled(
            row=number,
            name=f"patient {patient} slice {index}",
            patient=f"{patient:03d}",
            index=str(index),
            bleeds=not table.bit(number, NONE, cells[table.index(NONE)]),
            shown=tuple(s for s in SUBTYPES if table.bit(number, s, cells[table.index(s)])),
            fracture=table.bit_or_none(number, FRACTURE, cells),
            age=age,
            sex=sex,
        )
        yield (patient, index), label


def _people(src: Path) -> dict[int, tuple[str, str]]:
    """Returns age in years and sex by patient; none where the table is missing."""
    path = next((path for path in sorted(src.glob("*.csv")) if path.name.lower() == PEOPLE), None)
    if path is None:
        return {}
    table = Table(path, (PERSON,))
    age_at, sex_at = (
        next((table.index(name) for name in names if table.has(name)), None) for names in (AGE, SEX)
    )
    people: dict[int, tuple[str, str]] = {}
    for number, cells in table:
        person = cells[table.index(PERSON)]
        if not person:
            continue
        known = tuple("" if at is None else cells[at] for at in (age_at, sex_at))
        age_and_sex = (known[0], known[1].lower())
        if people.setdefault(table.whole(number, PERSON, person), age_and_sex) != age_and_sex:
            raise SourceError(
                f"{path.name} row {number}: patient {person} has another age or sex above; correct the table"
            )
    return people
