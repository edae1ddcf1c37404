"""The headers of a folder's DICOM files: the CT slices in them, and why other files hold none."""

import collections
import dataclasses
import functools
import logging
import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from components.slices.dicom.dataset import looks_like_dicom
from components.slices.dicom.instances import Instance, read_instances
from components.slices.files import stamp_of
from components.slices.formats import is_image, source_of_name
from components.slices.header import Reason, Rejection
from components.slices.params import DICOM, ReadingParams

__all__ = ["forget"]

LOGGED_EACH = 5.0  # seconds

log = logging.getLogger("ichor.ingest")


@dataclasses.dataclass(frozen=True)
class Headers:
    """The CT slices of some files, and why the other files, or frames, have none.

    Attributes:
      instances: The slices.
      rejections: By path; of a frame by `path#frame`.
      reasons_by_study: Why files of a study, by its UID, hold no slice, as far as their headers were read.
    """

    instances: list[Instance]
    rejections: dict[str, Rejection]
    reasons_by_study: dict[str, list[Reason]]

    def lost_studies(self) -> dict[Reason, int]:
        """Counts the studies that no slice was found in, but for those of other modalities."""
        with_slices = {each.study for each in self.instances}
        commonest = (
            statistics.mode(reasons)
            for study, reasons in self.reasons_by_study.items()
            if study not in with_slices and set(reasons) != {Reason.NOT_A_CT_IMAGE}
        )
        return dict(collections.Counter(commonest))


def may_be_dicom(data_dir: Path, files: Iterable[str], params: ReadingParams) -> list[str]:
    """Returns the files that are not the label table, nor both named like images and begin unlike DICOM."""
    return [
        path
        for path in files
        if path != params.table and (not is_image(path) or looks_like_dicom(data_dir / path))
    ]


def read_headers(data_dir: Path, paths: Sequence[str]) -> Headers:
    """Reads the headers of files; the same files are not read twice in a process.

    Args:
      data_dir: Folder of the files.
      paths: Below it.
    """
    return _headers(data_dir, tuple((path, stamp_of(data_dir / path)) for path in paths))


@functools.lru_cache(maxsize=1)
def _headers(data_dir: Path, stamped: tuple[tuple[str, object], ...]) -> Headers:
    instances: list[Instance] = []
    rejections: dict[str, Rejection] = {}
    by_study: dict[str, list[Reason]] = {}
    logged = time.monotonic()
    for count, (path, _) in enumerate(stamped, start=1):
        contents = read_instances(data_dir, path)
        instances += contents.instances
        rejections |= {name: _as_other_file(path, why) for name, why in contents.rejections.items()}
        if contents.study and contents.rejections:
            by_study.setdefault(contents.study, []).extend(why.reason for why in contents.rejections.values())
        if time.monotonic() - logged > LOGGED_EACH:
            logged = time.monotonic()
            log.info("read the DICOM headers of %d of %d files", count, len(stamped))
    return Headers(instances, rejections, by_study)


def _as_other_file(path: str, rejection: Rejection) -> Rejection:
    """A file that neither begins like a DICOM file nor is named like one lies there for another reason."""
    if rejection.reason is Reason.NOT_AN_IMAGE and source_of_name(path) != DICOM:
        return Rejection(Reason.OTHER_FILE)
    return rejection


def forget() -> None:
    """Lets go of what was read: it names patients, and takes a kilobyte a slice."""
    _headers.cache_clear()
