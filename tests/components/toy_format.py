"""What a new format takes: one reader, and one line in the table of formats. Here PGM (P5, 8 bits)."""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

from components.ingest.params import IngestParams
from components.slices import formats
from components.slices.header import Header, Reason, Rejection, fault_of_sides
from components.slices.params import IMAGE
from components.slices.reading import Picture, SliceFile

HEAD = re.compile(rb"P5\s(\d+)\s(\d+)\s255\s")


class Pgm:
    source = IMAGE
    suffixes = frozenset({".pgm"})
    signature = b"P5"

    def read(self, file: SliceFile, params: IngestParams) -> Picture | Rejection:
        head = HEAD.match(file.content)
        if head is None:
            return Rejection(Reason.CORRUPT, "no PGM header")
        columns, rows = map(int, head.groups())
        if fault := fault_of_sides(rows, columns, params):
            return fault
        values = file.content[head.end() :]
        if len(values) < rows * columns:
            return Rejection(Reason.TRUNCATED, f"{len(values)} bytes of {rows * columns}")
        pixels = np.frombuffer(values, np.uint8, rows * columns).reshape(rows, columns)
        png = io.BytesIO()
        Image.fromarray(pixels).save(png, "PNG")
        return Picture(Header("png", rows, columns, channels=1, bit_depth=8), png.getvalue())


def register(monkeypatch) -> None:
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, Pgm()))


def write_pgm(path: Path, pixels: np.ndarray) -> None:
    rows, columns = pixels.shape
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"P5\n%d %d\n255\n" % (columns, rows) + pixels.tobytes())


def disc(seed: int) -> np.ndarray:
    """A head of a grey of its own, in a ring of bone."""
    down, right = np.mgrid[:64, :64] - 31.5
    radius = np.hypot(down, right)
    noise = np.random.default_rng(seed).integers(0, 60, (64, 64))
    return np.select([radius < 22, radius < 27], [90 + noise, 255], 0).astype(np.uint8)


def write_folder(folder: Path, patients: int) -> Path:
    """Class folders of two PGM slices a patient."""
    for number in range(2 * patients):
        kind = "hemorrhage" if number % 2 else "normal"
        write_pgm(folder / kind / f"P{number // 2}_{number % 2}.pgm", disc(number))
    return folder
