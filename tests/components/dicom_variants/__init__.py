"""One small CT series in every form that a reader may meet, with what it has to make of each.

`VARIANTS` has them by name; each is called with a folder, which it makes. All show `volume()` or say
in `Made.hu` what else. `LEFT_OUT` has objects of the same study that are no axial CT slices.
"""

from dicom_variants import coded, enhanced, placed, stored
from dicom_variants.left_out import LEFT_OUT
from dicom_variants.source import GEOMETRY, PROTOCOL, STUDY, VARIANTS, Made, datasets, volume, write

__all__ = [
    "GEOMETRY", "LEFT_OUT", "PROTOCOL", "STUDY", "VARIANTS", "Made", "coded", "datasets", "enhanced",
    "placed", "stored", "volume", "write",
]  # fmt: skip
