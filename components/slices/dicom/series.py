"""Slices to series: which one of a study is read, and in what order its slices lie."""

import re
from collections.abc import Collection, Iterable

from components.slices.dicom.instances import Instance
from components.slices.header import Reason, Rejection

__all__ = ["without_duplicates"]

USUAL_THICKNESS = 5.0  # mm, in which heads are read; thinner series repeat the same anatomy more noisily
# Kernels for bone and lung, as makers number and name them: Siemens from 55 on (H60s, Hr64, B90s, Bl57f),
# Canon FC30-39, FC50-59 and FC80-89, Philips D, E, L and Y*, GE and others by name.
SHARP_KERNEL = re.compile(
    r"^(?!FC)[A-Z][A-Z]?(5[5-9]|[6-9]\d)|^FC[358]\d|^([DEL]|Y[A-Z])$|BONE|EDGE|LUNG|SHARP|DETAIL|ULTRA"
)


def without_duplicates(instances: Collection[Instance]) -> tuple[list[Instance], dict[str, Rejection]]:
    """Keeps one file of each SOP instance: the largest, as a broken copy is smaller, then the first by path.

    Returns:
      The instances kept, and the paths of the files left out.
    """
    file_of: dict[str, tuple[int, str]] = {}
    for instance in instances:
        file = (-instance.size, instance.path)
        file_of[instance.sop] = min(file, file_of.get(instance.sop, file))
    kept, left_out = [], {}
    for instance in sorted(instances, key=lambda each: (each.path, each.frame)):
        if file_of[instance.sop][1] == instance.path:
            kept.append(instance)
        else:
            left_out[instance.path] = Rejection(Reason.DUPLICATE)
    return kept, left_out


def one_series_a_study(instances: Iterable[Instance]) -> tuple[list[Instance], dict[str, Rejection]]:
    """Chooses one series of each study.

    In this order: not said to show another part of the body than the head; without contrast agent; not of
    a kernel that sharpens bone; of a thickness near `USUAL_THICKNESS`; of many slices; of a low number; of
    a low UID.

    Returns:
      The instances of the chosen series, and the paths of the files of all others.
    """
    studies: dict[str, dict[str, list[Instance]]] = {}
    for instance in instances:
        studies.setdefault(instance.study, {}).setdefault(instance.series, []).append(instance)
    kept: list[Instance] = []
    left_out: dict[str, Rejection] = {}
    for series in studies.values():
        chosen = min(series.values(), key=_rank)
        kept += chosen
        for others in series.values():
            if others is not chosen:
                left_out |= {each.path: Rejection(Reason.OTHER_SERIES) for each in others}
    return kept, left_out


def _rank(series: list[Instance]) -> tuple[object, ...]:
    first = series[0]
    unusual = float("inf") if first.thickness is None else abs(first.thickness - USUAL_THICKNESS)
    number = first.series_number
    return (
        all(each.elsewhere for each in series),
        any(each.contrast for each in series),
        SHARP_KERNEL.search(first.kernel) is not None,
        unusual,
        -len(series),
        float("inf") if number is None else number,
        first.series,
    )


def in_order(instances: Iterable[Instance]) -> list[tuple[int, Instance]]:
    """Returns each instance with its index in its series, the lowest slice being 0.

    The place along the slice normal decides; where one of a series has none, the instance numbers do.
    """
    groups: dict[str, list[Instance]] = {}
    for instance in instances:
        groups.setdefault(instance.series, []).append(instance)
    ordered = []
    for series in groups.values():
        if all(each.place is not None for each in series):
            series.sort(key=lambda each: (each.place, each.number, each.path))
        else:
            series.sort(key=lambda each: (each.number, each.path))
        ordered += list(enumerate(series))
    return ordered
