"""How class folders and patients are read from paths, where a set has nothing else."""

import dataclasses
from collections.abc import Callable, Sequence

__all__ = ["FolderRules"]


@dataclasses.dataclass(frozen=True)
class FolderRules:
    """What the user's settings say.

    Attributes:
      hemorrhage: Names of class folders that mean hemorrhage.
      normal: Names of class folders that mean normal.
      patient_of: Returns the patient that a path names, or None; None where no pattern is set.
    """

    hemorrhage: Sequence[str]
    normal: Sequence[str]
    patient_of: Callable[[str], str | None] | None = None
