"""Records of phantoms' slices, clean and leaking, and the artifact that they lie in."""

import functools
import io

import numpy as np
from PIL import Image

from components.imaging.intensity import BRAIN_WINDOW, to_grey
from components.phantoms.params import PhantomParams
from components.phantoms.series import make_series
from schemas import features
from schemas.records import SliceRecord

SPLITS = ("train", "val", "test")
SIDE = 128
MEASURES = dict.fromkeys(features.MEASURES, 0.3)


@functools.cache
def hu_of(patient: int) -> np.ndarray:
    """Four slices through a phantom's brain, HU."""
    settings = PhantomParams(patients=9, seed=2, side=SIDE, slices_per_series=12, hemorrhage_share=0.5)
    series = make_series(patient, settings)
    return series.hu[np.argsort(series.brain_share)[-4:]]


def encoded(pixels: np.ndarray, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def record(patient: int, place: int, **changes) -> SliceRecord:
    """A slice of a phantom; its label is its place's parity."""
    settings = {
        "image": encoded(to_grey(hu_of(patient)[place], BRAIN_WINDOW)),
        "image_format": "png", "height": SIDE, "width": SIDE, "channels": 1, "bit_depth": 8,
        "hemorrhage": place % 2, "slice_id": f"p{patient}s{place}", "patient_id": f"p{patient}",
        "split_key": "k", "measures": MEASURES,
    }  # fmt: skip
    return SliceRecord(**{**settings, **changes})


CLEAN = {
    "train": [record(patient, place) for patient in (0, 1, 2) for place in range(4)],
    "val": [record(3, place) for place in range(4)],
    "test": [record(4, place) for place in range(4)],
}


def with_more(**more: list[SliceRecord]) -> dict[str, list[SliceRecord]]:
    return {split: [*records, *more.get(split, [])] for split, records in CLEAN.items()}


def made_anew(one: SliceRecord) -> bytes:
    """A record's picture smaller, brighter and as a JPEG."""
    pixels = Image.open(io.BytesIO(one.image)).resize((120, 120), Image.Resampling.BICUBIC)
    return encoded(np.uint8(np.clip(np.asarray(pixels) * 1.02, 0, 255)), "JPEG", quality=90)


def leaky() -> dict[str, list[SliceRecord]]:
    """One finding of each kind: a copy, a copy made anew, a patient, a picture with both labels."""
    copy = record(0, 0, slice_id="copy", patient_id="q0")
    anew = record(1, 1, slice_id="anew", patient_id="q1", image=made_anew(record(1, 1)), image_format="jpeg",
                  height=120, width=120)  # fmt: skip
    again = record(5, 0, slice_id="again", patient_id="p2")
    other_label = record(2, 3, slice_id="other", hemorrhage=0)
    return with_more(train=[other_label], val=[again], test=[copy, anew])
