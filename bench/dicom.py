"""What a DICOM slice costs on its way into a record, beside reading and decoding it by pydicom alone."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pydicom
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

from bench.cost import MILLISECONDS, Cost, cost_of, median
from bench.sections import Section, Table
from bench.workplace import Workplace
from components.ingest.params import IngestParams
from components.phantoms.dataset import write_dataset
from components.slices.dicom.decoder import decoder
from components.slices.dicom.instances import read_instances
from components.slices.dicom.pixels import read_hu
from components.slices.formats import read_slice
from components.slices.header import Rejection
from pipeline.settings.loading import load

SYNTAXES = {
    "uncompressed": ExplicitVRLittleEndian,
    "RLE": RLELossless,
    "JPEG-LS": JPEGLSLossless,
    "JPEG 2000": JPEG2000Lossless,
}


def run(place: Workplace) -> Section:
    """Measures each step on the same slices in four transfer syntaxes."""
    sizes = place.sizes
    settings = ["phantoms.patients=4", f"phantoms.side={sizes.side}", "phantoms.format=dicom"]
    config = load("local", settings, environment={}, read_file=False).config
    source = place.scratch("phantoms") / "studies"
    write_dataset(source, config.phantoms)
    files = sorted(path for path in source.rglob("IM*") if path.is_file())
    rows, of_syntax = [], {}
    for name, syntax in SYNTAXES.items():
        place.say(name)
        coded = _coded(files, place.scratch(name), syntax)
        costs = of_syntax[name] = _costs(coded, config.ingest, sizes.rounds)
        figures = [f"{cost * MILLISECONDS:.2f}" for cost in costs]
        rows.append((name, *figures, f"{costs[-1] / costs[0]:.1f}"))
    floor, header, hu, png = (cost * MILLISECONDS for cost in of_syntax["uncompressed"])
    return Section(
        title="DICOM",
        method=(
            f"CPU time of a slice, ms, on {len(files)} phantom slices of {sizes.side} px, medians of "
            f"{sizes.rounds}. The floor is `pydicom.dcmread` and `pixel_array`. The header is read once for "
            "the plan; compressed frames are decoded in a process of their own, which is counted; the record "
            "is HU, three windows and their PNG, and what is known beside it."
        ),
        table=Table(
            ("transfer syntax", "floor", "header", "slice in HU", "PNG of three windows", "times the floor"),
            rows,
        ),
        verdict=(
            f"Of an uncompressed slice, HU cost {hu - floor:.2f} ms more than decoding, the windows and "
            f"their PNG {png - hu:.2f} ms, and its header in the plan {header:.2f} ms."
        ),
    )


def _costs(files: Sequence[Path], params: IngestParams, rounds: int) -> list[float]:
    def each(work: Callable[[Path], object]) -> float:
        def all_of_them() -> None:
            for path in files:
                work(path)

        work(files[0])  # starts the decoder's process, where one is needed
        costs: list[Cost] = []
        for _ in range(rounds):
            before = _of_decoder()
            cost = cost_of(all_of_them)
            costs.append(Cost(cost.cpu + _of_decoder() - before, cost.wall))
        return median(costs).cpu / len(files)

    return [
        each(lambda path: pydicom.dcmread(path).pixel_array),
        each(lambda path: read_instances(path.parent, path.name)),
        each(lambda path: read_hu(path, 0, params)),
        each(lambda path: _encode(path, params)),
    ]


def _encode(path: Path, params: IngestParams) -> None:
    pixels = read_slice(path, 0, params)
    if isinstance(pixels, Rejection):
        raise ValueError(f"{path}: {pixels}")
    pixels.encoded()


def _of_decoder() -> float:
    """Returns the CPU time of the process that decodes compressed frames, s; no child that ended counts it.

    Source: proc(5), fields 14 and 15 of /proc/PID/stat.
    """
    if not decoder.pid:
        return 0.0
    fields = Path(f"/proc/{decoder.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _coded(files: Sequence[Path], folder: Path, syntax: str) -> list[Path]:
    coded = []
    for number, path in enumerate(files):
        dataset = pydicom.dcmread(path)
        if syntax != dataset.file_meta.TransferSyntaxUID:
            dataset.compress(syntax, generate_instance_uid=False)
        coded.append(folder / f"IM{number:04d}")
        dataset.save_as(coded[-1])
    return coded
