"""The sets that can be imported, with where each comes from; a set's own module describes its layout."""

import dataclasses
import difflib
from collections.abc import Callable
from pathlib import Path

from components.public_sets import class_folders, cq500, ct_ich, rsna_2019
from components.public_sets.contents import Progress, SetContents
from components.public_sets.errors import SourceError
from components.public_sets.rules import FolderRules


@dataclasses.dataclass(frozen=True)
class PublicSet:
    """A set.

    Attributes:
      name: On the command line.
      source: Citation and DOI, in a line.
      terms: Licence or terms of use, in a line.
      expected: Its layout, in a line.
      lacks: Returns what of it is not in a folder, or "".
      read: Returns what it holds.
    """

    name: str
    source: str
    terms: str
    expected: str
    lacks: Callable[[Path, FolderRules], str]
    read: Callable[[Path, FolderRules, Progress | None], SetContents]


SETS = (
    PublicSet(
        "rsna-2019",
        "RSNA 2019 Brain CT Hemorrhage Challenge, doi:10.1148/ryai.2020190211",
        "non-commercial use, research and education; identify nobody; cite it",
        "stage_2_train.csv and stage_2_train/ID_*.dcm",
        rsna_2019.lacks,
        rsna_2019.read,
    ),
    PublicSet(
        "cq500",
        "CQ500, Chilamkurthy et al., Lancet 2018, doi:10.1016/S0140-6736(18)31645-3",
        "CC BY-NC-SA 4.0",
        "reads.csv and CQ500CT*/Unknown Study/*/*.dcm",
        cq500.lacks,
        cq500.read,
    ),
    PublicSet(
        "ct-ich",
        "CT-ICH of PhysioNet, Hssayeni et al. 2020, doi:10.13026/w8q8-ky94",
        "CC BY 4.0 for versions 1.0.0 to 1.3.0; name the authors",
        "hemorrhage_diagnosis.csv and Patients_CT/*/brain/*.jpg, or labels.csv and images/*.jpg",
        ct_ich.lacks,
        ct_ich.read,
    ),
    PublicSet(
        "folders",
        "class folders of your own",
        "yours",
        "images or .dcm files below folders named by ingest.hemorrhage_folders and ingest.normal_folders",
        class_folders.lacks,
        class_folders.read,
    ),
)


def named(name: str) -> PublicSet:
    """Returns the set of a name.

    Raises:
      SourceError: There is none.
    """
    names = [each.name for each in SETS]
    if name in names:
        return SETS[names.index(name)]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise SourceError(f"unknown set {name!r}; {hint}there are {', '.join(names)}")


def require(wanted: PublicSet, src: Path, rules: FolderRules) -> None:
    """Checks that a folder is a set.

    Raises:
      SourceError: It is not; the message says what was expected and what the folder looks like.
    """
    if not src.is_dir():
        kind = "is no folder" if src.exists() else "no such folder"
        raise SourceError(f"{src}: {kind}; give the folder that holds {wanted.expected}")
    lack = wanted.lacks(src, rules)
    if not lack:
        return
    said = f"{src} is not {wanted.name}: {lack}; expected {wanted.expected}"
    below = (path for path in sorted(src.iterdir()) if path.is_dir() and _is(wanted, path, rules))
    if inner := next(below, None):
        raise SourceError(f"{said}. {inner} is: give that folder")
    if like := next((each for each in SETS if _is(each, src, rules)), None):
        raise SourceError(f"{said}. It looks like {like.name}: ichor import {like.name} ...")
    raise SourceError(f"{said}. It looks like none of the other sets either")


def _is(each: PublicSet, src: Path, rules: FolderRules) -> bool:
    try:
        return not each.lacks(src, rules)
    except SourceError:
        return False
