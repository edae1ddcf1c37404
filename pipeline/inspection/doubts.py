"""What looks wrong in a folder that a run would take."""

from collections.abc import Iterator

from components.slice_filter.rules import Reason
from components.slices.header import Reason as Rejected
from pipeline.inspection.findings import Expected, Looks, Patients, Split
from pipeline.settings.config import Config
from schemas.features import CLASSES, VAL

NORMAL, HEMORRHAGE = CLASSES
RARE, COMMON = 0.03, 0.6  # share of hemorrhages; 0.127 in CT-ICH
UNWINDOWED = 0.01  # share of slices that lie below the brain window
WHITE = 0.9  # 99th percentile of grey of a slice with a skull in a brain window: bone is white there
MANY_BLANK = 0.3  # share of slices; a series from neck to above the vertex has a sixth
EVEN = 0.2  # share of slices of one grey value; the ends of a series may be


def of_labels(classes: dict[str, int], patients: Patients, split: Split, config: Config) -> Iterator[str]:
    """Says what is doubtful about classes and patients.

    Args:
      classes: Slices by class, at least one.
      patients: Whose they are.
      split: That a run would make.
      config: The run's settings.
    """
    slices = sum(classes.values())
    share = classes[HEMORRHAGE] / slices
    if not RARE <= share <= COMMON:
        yield (
            f"{share:.1%} of the slices show a hemorrhage (12.7% in CT-ICH, docs/data.md): if that is not "
            "meant, look at labels and names of folders"
        )
    if patients.number == slices:
        yield (
            f"each of the {slices} slices is of a patient of its own: if a patient has several, the patient "
            "column or ingest.patient_pattern names slices, and one patient falls into several splits"
        )
    yield from _gate(classes, split, config.gate.min_binary_accuracy)
    if split.keys_lacking and split.keys_lacking < split.keys_tried:
        yield (
            f"few patients: of {split.keys_tried} keys tried, {split.keys_lacking} leave a split without a "
            "class; the run would stop then and name an ingest.seed that works"
        )


def _gate(classes: dict[str, int], split: Split, least: float) -> Iterator[str]:
    part = split.parts.get(VAL)
    numbers = {HEMORRHAGE: part.hemorrhage, NORMAL: part.normal} if part else classes
    larger = max(numbers, key=lambda name: numbers[name])
    share = numbers[larger] / max(1, sum(numbers.values()))
    if least <= share < 1:  # of a split with one class only, the split itself is refused
        yield (
            f"calling every slice {larger} is right on {share:.1%} of {VAL if part else 'the slices'}, and "
            f"gate.min_binary_accuracy is {least:g}: a model that learnt nothing passes; set it above "
            f"{share:.3f}"
        )


def of_contents(looks: Looks, is_dicom: bool, unreadable: dict[str, int], config: Config) -> Iterator[str]:
    """Says what is doubtful about what slices show.

    Args:
      looks: At some slices, or all.
      is_dicom: Whether they are DICOM.
      unreadable: Files by what their headers lack.
      config: The run's settings.
    """
    side = config.transform.image_side
    seen = looks.slices
    if len(looks.sizes) > 1:
        yield f"slices are of {len(looks.sizes)} sizes or kinds; each is resized to {side} x {side} pixels"
    if looks.not_square:
        yield f"{looks.not_square} of {seen} slices are not square: resizing to a square stretches them"
    without_hu = looks.rejected.get(Rejected.NO_HU, 0) + unreadable.get(Rejected.NO_HU, 0)
    if without_hu:
        yield (
            f"{without_hu} DICOM slices give no HU (no_hu), so that their values mean nothing; get them "
            "anew from the archive, with RescaleSlope and RescaleIntercept"
        )
    dark = looks.would_drop.get(Reason.DARK, 0)
    if not is_dicom and dark > UNWINDOWED * seen:
        yield (
            f"{dark} of {seen} slices are nearly black but not empty (dark): most likely exported without a "
            "window; export them in a brain window (centre 40, width 80 HU)"
        )
    if not is_dicom and looks.bright is not None and looks.bright < WHITE:
        yield (
            f"hardly any white: in half of the slices 99% of the pixels do not pass {looks.bright:.0%} of "
            "full grey, and a brain window shows bone white; export in one (centre 40, width 80 HU)"
        )
    blank = looks.would_drop.get(Reason.BLANK, 0)
    if blank > MANY_BLANK * seen:
        yield f"{blank} of {seen} slices show no head (blank)"
    if looks.even > EVEN * seen:
        yield f"{looks.even} of {seen} slices are of one even grey: black, or empty"


def of_disk(expected: Expected) -> Iterator[str]:
    """Says so where the disk would be full.

    Args:
      expected: What a run would take.
    """
    if expected.free_bytes < expected.most_bytes:
        yield (
            f"a run needs {expected.most_bytes / 1e9:.1f} GB, and {expected.free_bytes / 1e9:.1f} GB are "
            "free: set run.output to another disk"
        )
