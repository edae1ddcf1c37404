"""Files that no reader should trust, made by code, with the required outcome of each.

`IMAGES` and `DICOMS` hold a file a case. `tests/fuzz` starts from them too.
"""

from bad_files.case import Case
from bad_files.dicom_headers import HEADERS
from bad_files.dicom_pixels import PIXELS
from bad_files.images import BROKEN, ODD

IMAGES = (*BROKEN, *ODD)
DICOMS = (*HEADERS, *PIXELS)

__all__ = ["BROKEN", "DICOMS", "HEADERS", "IMAGES", "ODD", "PIXELS", "Case"]
