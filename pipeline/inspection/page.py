"""An inspection in words, for a terminal."""

import textwrap
from collections.abc import Iterator, Mapping

from components.slices.params import DICOM, IMAGE
from pipeline.inspection.findings import Expected, Inspection, Looks, Patients, Series, Split, Spread
from pipeline.settings.config import Config
from pipeline.terminal.console import shown

__all__ = ["page"]

WIDTH = 110  # characters
NAME = 16  # of the left column
MOST_KINDS = 6  # of files, sizes, kernels and such that are listed
SOURCES = {IMAGE: "images, PNG or JPEG", DICOM: "DICOM"}
PATIENTS_FROM = {
    "column": "the table's column patient",
    "pattern": "ingest.patient_pattern",
    "header": "the headers' PatientID",
}
UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def page(inspection: Inspection, config: Config, contact_sheet: str) -> str:
    """Returns the page.

    Args:
      inspection: What to print.
      config: That it was found with.
      contact_sheet: What is to be said of that.
    """
    lines = [
        *_folder(inspection, config),
        *_series(inspection),
        *_labels(inspection),
        *_looks(inspection.looks, config),
    ]
    lines += [
        *_split(inspection.split),
        *_expected(inspection.expected, config),
        ("contact sheet", contact_sheet),
    ]
    lines += [("warning", warning) for warning in inspection.warnings]
    lines += [("refused", refusal) for refusal in inspection.refusals] or [("verdict", "a run can start")]
    return "\n".join(_entry(name, text) for name, text in lines)


Line = tuple[str, str]


def _folder(inspection: Inspection, config: Config) -> Iterator[Line]:
    number = sum(kind.files for kind in inspection.files.values())
    total = sum(kind.bytes for kind in inspection.files.values())
    kinds = {f"{ending} ({_bytes(kind.bytes)})": kind.files for ending, kind in inspection.files.items()}
    yield "folder", f"{inspection.folder}: {number:,} files, {_bytes(total)}"
    yield "files", _counts(kinds)
    forms = {"table": config.ingest.table, "folders": "class folders"}
    labels = f"labels from {forms[inspection.form]}" if inspection.form else "labels cannot be used"
    yield "source", f"{SOURCES[inspection.source]}; {labels}"


def _series(inspection: Inspection) -> Iterator[Line]:
    if inspection.not_slices:
        yield (
            "not to be read",
            f"{sum(inspection.not_slices.values()):,} files: {_counts(inspection.not_slices)}",
        )
    if inspection.unreadable_headers:
        number = sum(inspection.unreadable_headers.values())
        yield "unreadable", f"{number:,} by their headers: {_counts(inspection.unreadable_headers)}"
    series = inspection.series
    if series is None:
        return
    yield "studies", f"{series.studies:,}, {_spread(series.a_study, 'axial series')} each"
    yield (
        "series",
        f"{series.read:,} of {series.found:,} are read, {_spread(series.slices_each, 'slices')} each",
    )
    yield from _of_series(series)
    yield "windows", f"{series.windows} HU, a channel each"


def _of_series(series: Series) -> Iterator[Line]:
    for name, numbers in (
        ("thickness", series.thickness),
        ("kernels", series.kernels),
        ("manufacturers", series.manufacturers),
    ):
        yield name, _with_counts(numbers)
    if series.with_contrast:
        yield "contrast agent", f"in {series.with_contrast:,} series"


def _labels(inspection: Inspection) -> Iterator[Line]:
    if inspection.patients is None:
        return
    slices = sum(inspection.classes.values())
    classes = ", ".join(
        f"{number:,} {name} ({number / slices:.1%})" for name, number in inspection.classes.items()
    )
    yield "slices", f"{slices:,}: {classes}"
    yield "patients", _patients(inspection.patients)
    if inspection.columns:
        yield "attributes", ", ".join(inspection.columns)
    for name, why in inspection.columns_left_out.items():
        yield "no attribute", f"{name}: {why}"


def _patients(patients: Patients) -> str:
    if patients.slices_each is None:
        return "not known"
    return (
        f"{patients.number:,}, {patients.with_hemorrhage:,} with a hemorrhage, by "
        f"{PATIENTS_FROM[patients.known_from]}; {_spread(patients.slices_each, 'slices')} each"
    )


def _looks(looks: Looks, config: Config) -> Iterator[Line]:
    if looks.slices:
        yield from _looked_at(looks, config)
    for example in looks.examples:
        yield (
            "  such as",
            f"{example.file}: {example.reason}" + (f", {example.detail}" if example.detail else ""),
        )
    if looks.sizes:
        yield "rows x columns", _with_counts(looks.sizes)
        yield "slice filter", _dropped(looks, config)


def _looked_at(looks: Looks, config: Config) -> Iterator[Line]:
    chosen = "" if looks.slices == looks.of else ", chosen at random (--all looks at each)"
    which = f"{looks.slices:,} of {looks.of:,}" if chosen else f"all {looks.of:,}"
    yield "looked at", f"{which} slices{chosen}, {looks.milliseconds:.1f} ms each"
    rejected = sum(looks.rejected.values())
    counts = (
        f"{rejected:,} ({rejected / looks.slices:.2%}): {_counts(looks.rejected)}" if rejected else "none"
    )
    yield "rejected", f"{counts}; up to {config.ingest.max_rejected_share:.1%} are left out, more stop a run"


def _dropped(looks: Looks, config: Config) -> str:
    dropped = sum(looks.would_drop.values())
    does = "drops" if config.filter.enabled else "is off (filter.enabled); would drop"
    text = f"{does} {dropped:,} ({dropped / looks.slices:.2%})"
    text += f": {_counts(looks.would_drop)}" if dropped else ""
    if looks.hemorrhages is not None:
        text += f"; {looks.hemorrhages_lost:,} of {looks.hemorrhages:,} hemorrhages"
    return text


def _split(split: Split | None) -> Iterator[Line]:
    if split is None:
        return
    units = "groups of slices that look alike" if split.grouped else "patients"
    shares = ", ".join(f"{name} {share:.0%}" for name, share in split.shares.items())
    if split.parts:
        yield "split", f"by {units}, seed {split.seed}, key {split.key_file}"
    elif split.key_exists:
        yield (
            "split",
            f"{shares} of the {units}, which a run finds when it has read all slices; --all does so too",
        )
    else:
        yield (
            "split",
            f"{shares} of the {units}; which, depends on a key that the first run makes ({split.key_file})",
        )
    for name, part in split.parts.items():
        numbers = f"{part.slices:,} slices, {part.hemorrhage:,} hemorrhage, {part.normal:,} normal"
        yield f"  {name}", f"{numbers}, of {part.patients:,} {'groups' if split.grouped else 'patients'}"


def _expected(expected: Expected | None, config: Config) -> Iterator[Line]:
    if expected is None:
        return
    data, training, rest = expected.data_seconds, expected.training_seconds, expected.rest_seconds
    whole = data + training + rest
    machine = f"{expected.cores} cores" + (", and a GPU, which is not reckoned with" if expected.gpu else "")
    slower = _time(whole * expected.times_slower)
    epochs = f"{config.trainer.warmup_epochs + config.trainer.epochs} epochs"
    side = config.transform.image_side
    parts = f"data {_time(data)}, {epochs} at {side} pixels {_time(training)}, all else {_time(rest)}"
    yield (
        "time",
        f"about {_time(whole)} on this machine ({machine}), up to {slower} if it does other work too",
    )
    yield "  of which", parts
    yield "  reckoned from", "the slices looked at and a product of matrices here, and docs/performance.md"
    kept, most = _bytes(expected.kept_bytes), _bytes(expected.most_bytes)
    yield "disk", f"{kept}, {most} while it trains; {_bytes(expected.free_bytes)} are free"


def _spread(spread: Spread, what: str) -> str:
    if spread.least == spread.most:
        return f"{spread.least:,} {what}"
    return f"{spread.least:,} to {spread.most:,} {what} (median {spread.median:g})"


def _counts(numbers: Mapping[str, int]) -> str:
    return _few([f"{number:,} {name}" for name, number in numbers.items()])


def _with_counts(numbers: Mapping[str, int]) -> str:
    return _few([f"{name or 'not given'} ({number:,})" for name, number in numbers.items()])


def _few(words: list[str]) -> str:
    more = len(words) - MOST_KINDS
    return "; ".join(words if more <= 0 else [*words[:MOST_KINDS], f"{more} more"])


def _bytes(number: float) -> str:
    size, unit = next(((size, unit) for size, unit in UNITS if number >= size), (1.0, "bytes"))
    return f"{number / size:.3g} {unit}"


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _entry(name: str, text: str) -> str:
    """Returns one entry; what a terminal would act on, in a file's name say, is escaped."""
    return textwrap.fill(
        shown(text),
        WIDTH,
        initial_indent=f"{name:<{NAME}}",
        subsequent_indent=" " * NAME,
        break_long_words=False,
        break_on_hyphens=False,
    )
