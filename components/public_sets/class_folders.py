"""Class folders of anybody's own: images or DICOM files below folders named by their class.

No publication, licence or size: they are the user's. Names of the folders and the pattern that finds the
patient in a path are ichor's own settings `ingest.hemorrhage_folders`, `ingest.normal_folders` and
`ingest.patient_pattern`. DICOM files are those named `.dcm`; their patient comes from the pattern or else
from the header.
"""

from pathlib import Path, PurePosixPath

from components.public_sets.contents import HEMORRHAGE, PATIENT, Kind, LeftOut, Progress, Reason, SetContents
from components.public_sets.errors import SourceError
from components.public_sets.headers import read_headers
from components.public_sets.rules import FolderRules
from components.public_sets.tree import DICOM_SUFFIX, IMAGE_SUFFIXES, files_below, suffix

FILE, KEY = "file", "SOPInstanceUID"
NO_PATIENTS = (
    "patients are not known, so one may come to lie in several splits: import again with "
    "--set 'ingest.patient_pattern=...'",
)


def lacks(src: Path, rules: FolderRules) -> str:
    """Returns what of the set is not in a folder, or ""."""
    files, _ = files_below(src)
    if any(_class_of(path, rules) in (0, 1) for path in files if suffix(path) in _SLICES):
        return ""
    names = " or ".join(map(repr, (*rules.hemorrhage, *rules.normal)))
    return f"no image or .dcm file lies below a folder named {names}"


def read(src: Path, rules: FolderRules, progress: Progress | None) -> SetContents:
    """Labels files by their folders.

    Raises:
      SourceError: A name stands for both classes.
    """
    if both := {name.casefold() for name in rules.hemorrhage} & {name.casefold() for name in rules.normal}:
        raise SourceError(f"ingest.normal_folders: {both.pop()!r} is one of ingest.hemorrhage_folders too")
    files, left_out = files_below(src)
    images: list[tuple[str, int]] = []
    dicom: list[tuple[str, int]] = []
    for path in files:
        label = _class_of(path, rules)
        if suffix(path) not in _SLICES:
            left_out.append(LeftOut(Kind.FILE, path, Reason.OTHER_FILE))
        elif isinstance(label, Reason):
            left_out.append(LeftOut(Kind.FILE, path, label))
        else:
            (dicom if suffix(path) == DICOM_SUFFIX else images).append((path, label))
    if not images:
        return _of_dicom(src, dicom, rules, left_out, progress)
    left_out += [LeftOut(Kind.FILE, path, Reason.OTHER_KIND) for path, _ in dicom]
    return _of_images(images, rules, left_out)


_SLICES = IMAGE_SUFFIXES | {DICOM_SUFFIX}


def _class_of(path: str, rules: FolderRules) -> int | Reason:
    """Returns 0 or 1, or why there is neither."""
    folders = {folder.casefold() for folder in PurePosixPath(path).parts[:-1]}
    bleeds = any(name.casefold() in folders for name in rules.hemorrhage)
    normal = any(name.casefold() in folders for name in rules.normal)
    if bleeds == normal:
        return Reason.BOTH_CLASSES if bleeds else Reason.NO_CLASS
    return int(bleeds)


def _of_images(images: list[tuple[str, int]], rules: FolderRules, left_out: list[LeftOut]) -> SetContents:
    if rules.patient_of is None:
        rows = [(path, str(label)) for path, label in images]
        return SetContents((FILE, HEMORRHAGE), rows, [row[0] for row in rows], left_out, notes=NO_PATIENTS)
    with_patient = []
    for path, label in images:
        if patient := rules.patient_of(path):
            with_patient.append((path, str(label), patient))
        else:
            left_out.append(LeftOut(Kind.FILE, path, Reason.NO_PATIENT))
    links = [row[0] for row in with_patient]
    return SetContents((FILE, HEMORRHAGE, PATIENT), with_patient, links, left_out)


def _of_dicom(
    src: Path,
    files: list[tuple[str, int]],
    rules: FolderRules,
    left_out: list[LeftOut],
    progress: Progress | None,
) -> SetContents:
    of_uid: dict[str, list[tuple[str, int, str]]] = {}
    headers = read_headers(src, [path for path, _ in files], progress)
    studies: set[str] = set()
    for (path, label), header in zip(files, headers, strict=True):
        patient = rules.patient_of(path) if rules.patient_of else header.patient
        if header.fault:
            left_out.append(LeftOut(Kind.FILE, path, Reason.UNREADABLE, header.fault))
        elif not patient:
            left_out.append(LeftOut(Kind.FILE, path, Reason.NO_PATIENT))
        else:
            of_uid.setdefault(header.sop, []).append((path, label, patient))
            studies |= {header.study} - {""}
    rows: list[tuple[str, ...]] = []
    links: list[str] = []
    for uid, same in of_uid.items():
        if len({row[1:] for row in same}) > 1:
            left_out += [LeftOut(Kind.FILE, path, Reason.SHARED_UID) for path, *_ in same]
            continue
        path, label, patient = same[0]
        left_out += [LeftOut(Kind.FILE, copy, Reason.COPY, f"of {path}") for copy, *_ in same[1:]]
        rows.append((uid, str(label), patient))
        links.append(path)
    return SetContents((KEY, HEMORRHAGE, PATIENT), rows, links, left_out, scans=len(studies))
