"""The slices of a folder, with labels where there are any, and what is known without them."""

import collections
import dataclasses
import statistics
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from components.ingest.plan import Plan
from components.slices.dicom.instances import Instance
from components.slices.dicom.series import without_duplicates
from components.slices.errors import DataError
from components.slices.files import bytes_of
from components.slices.header import Rejection
from components.slices.labels import SliceRef
from components.slices.source import Source
from pipeline.inspection.findings import Kind, Patients, Series, Spread

NO_ENDING = "no ending"


@dataclasses.dataclass(frozen=True)
class Candidate(SliceRef):
    """One slice to look at; `hemorrhage` and `split` are None and "" where they are not known."""

    hemorrhage: int | None = None
    split: str = ""


def kinds(data_dir: Path, files: Iterable[str]) -> dict[str, Kind]:
    """Counts files by ending, the commonest first; what follows a dot in a UID is no ending."""
    numbers: collections.Counter[str] = collections.Counter()
    sizes: collections.Counter[str] = collections.Counter()
    for path in files:
        ending = PurePosixPath(path).suffix.lower()
        ending = NO_ENDING if not ending or ending[1:].isdigit() else ending
        numbers[ending] += 1
        sizes[ending] += bytes_of(data_dir / path)
    return {ending: Kind(number, sizes[ending]) for ending, number in numbers.most_common()}


def planned(plan: Plan) -> list[Candidate]:
    """Returns the slices that a run would read."""
    return [Candidate(row.path, row.frame, hemorrhage=row.hemorrhage) for row in plan.slices]


def unlabelled(source: Source) -> tuple[str, list[Candidate], dict[str, Rejection]]:
    """Returns kind and slices of a folder whose labels cannot be used, and why files are not read."""
    try:
        kind = source.kind
    except DataError:  # of the table: the files themselves decide
        kind = source.kind_of_files()
    slices = source.slices(kind)
    return kind, [Candidate(ref.path, ref.frame) for ref in slices.refs], slices.rejections


def patients(plan: Plan) -> Patients:
    """Counts patients and what each has."""
    of_patient: dict[str, list[int]] = {}
    for row in plan.slices:
        of_patient.setdefault(row.patient, []).append(row.hemorrhage)
    if plan.patients_from == "none":
        return Patients("none", 0, 0, None)
    return Patients(
        known_from=plan.patients_from,
        number=len(of_patient),
        with_hemorrhage=sum(map(any, of_patient.values())),
        slices_each=spread(map(len, of_patient.values())),
    )


def series(source: Source, slices: Iterable[Candidate], windows: str) -> Series | None:
    """Says what the headers of DICOM slices say; None where there is none."""
    instances, _ = without_duplicates(source.headers().instances)
    wanted = {(each.path, each.frame) for each in slices}
    read = [each for each in instances if (each.path, each.frame) in wanted]
    if not read:
        return None
    of_study: dict[str, set[str]] = {}
    for each in instances:
        of_study.setdefault(each.study, set()).add(each.series)
    of_series: dict[str, list[Instance]] = {}
    for each in read:
        of_series.setdefault(each.series, []).append(each)
    firsts = [members[0] for members in of_series.values()]
    return Series(
        studies=len(of_study),
        found=sum(map(len, of_study.values())),
        read=len(of_series),
        a_study=spread(map(len, of_study.values())),
        slices_each=spread(map(len, of_series.values())),
        thickness=_counted(
            "" if instance.thickness is None else f"{instance.thickness:.1f} mm" for instance in firsts
        ),
        kernels=_counted(instance.kernel for instance in firsts),
        manufacturers=_counted(instance.further.get("manufacturer", "") for instance in firsts),
        with_contrast=sum(instance.contrast for instance in firsts),
        windows=windows,
    )


def spread(numbers: Iterable[int]) -> Spread:
    """Returns the spread of at least one number."""
    known = sorted(numbers)
    return Spread(known[0], statistics.median(known), known[-1])


def _counted(texts: Iterable[str]) -> dict[str, int]:
    return dict(collections.Counter(texts).most_common())
