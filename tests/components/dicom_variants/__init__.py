"""One small CT series in every form that a reader may meet, with what it has to make of each.

`VARIANTS` has them by name; each is called with a folder, which it makes. All show `volume()` or say
in `Made.hu` what else.
"""

from dicom_variants import coded, enhanced, placed, stored
from dicom_variants.source import GEOMETRY, PROTOCOL, STUDY, VARIANTS, Made, datasets, volume, write

__all__ = [
    "GEOMETRY", "PROTOCOL", "STUDY", "VARIANTS", "Made", "coded", "datasets", "enhanced", "placed",
    "stored", "volume", "write",
]  # fmt: skip
