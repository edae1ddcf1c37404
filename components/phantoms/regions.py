"""What a pixel of a phantom can be, and the bleeds that a slice can show."""

import enum


class Region(enum.IntEnum):
    """Known answer for each pixel of a phantom slice."""

    AIR = 0
    COUCH = 1
    SKIN = 2
    FAT = 3
    MUSCLE = 4
    BONE = 5
    CSF = 6
    VENTRICLE = 7
    GREY = 8
    WHITE = 9
    DURA = 10
    EYE = 11
    CALCIFICATION = 12
    EDEMA = 13
    BLEED = 14


BRAIN_REGIONS = (Region.GREY, Region.WHITE, Region.VENTRICLE, Region.EDEMA, Region.BLEED)


class Kind(enum.StrEnum):
    """Subtype of a bleed."""

    EPIDURAL = "epidural"
    SUBDURAL = "subdural"
    INTRAPARENCHYMAL = "intraparenchymal"
    INTRAVENTRICULAR = "intraventricular"
    SUBARACHNOID = "subarachnoid"


class Stage(enum.StrEnum):
    """Where in its series a slice lies."""

    NECK = "neck"
    BRAIN = "brain"
    VERTEX = "vertex"
    BLANK = "blank"
