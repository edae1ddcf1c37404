"""Scores files with a pushed model; needs TensorFlow alone, not TFX."""

import csv
import dataclasses
import functools
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from components.imaging.decode import UndecodableImage, decode_grey
from components.ingest.labels import patient_of
from components.ingest.params import IngestParams
from components.ingest.scan import files_below, is_image
from components.ingest.structure import Rejection, inspect_file
from components.ingest.table import read_table
from pipeline.config import Config
from pipeline.console import NOWHERE, chatter_to
from pipeline.layout import Layout, absolute, numbered
from schemas.features import PREDICTED, PROBABILITY

BATCH = 32  # slices a call of the model


@dataclasses.dataclass(frozen=True)
class Score:
    """What the model says of one file; `reason` says why it could say nothing."""

    file: str
    patient: str
    probability: float | None
    hemorrhage: int | None
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class PatientScore:
    """The highest slice of one patient; None where no slice could be scored."""

    patient: str
    slices: int
    probability: float | None
    hemorrhage: int | None


def latest_pushed(layout: Layout) -> Path:
    """Returns the newest numbered model.

    Raises:
      FileNotFoundError: None was pushed yet.
    """
    versions = numbered(layout.pushed)
    if versions:
        return versions[-1]
    copies = [path for path in numbered(layout.artifacts / "Pusher" / "pushed_model") if _is_model(path)]
    way_out = "run the pipeline first, or give --model DIR"
    if copies:
        way_out = f"a copy is in {copies[-1]}; give it with --model"
    raise FileNotFoundError(f"no pushed model in {layout.pushed}; {way_out}")


def _is_model(folder: Path) -> bool:
    return (folder / "saved_model.pb").is_file()


def find_slices(paths: Iterable[str], params: IngestParams) -> dict[Path, str]:
    """Returns the files named and the images in the folders named, in a stable order, with patients.

    A patient is told by the label table of the folder that is named or that a named file lies in, else
    by `ingest.patient_pattern` over the path below that folder, else by the folder of the file.

    Raises:
      FileNotFoundError: A path does not exist, or there is no image at all.
      DataError: A folder's label table does not keep to its form.
    """
    found: dict[Path, str] = {}
    files_in = functools.cache(files_below)
    told_in = functools.cache(lambda folder: _told_by_table(folder, files_in, params))
    for path in map(Path, paths):
        if not path.exists():
            raise FileNotFoundError(f"no such file or folder: {path}")
        if path.is_dir():
            images = [name for name in files_in(path) if is_image(name)]
            found |= {path / name: _patient(path, name, params) for name in images}
            found |= told_in(path)
        else:
            found[path] = told_in(path.parent).get(path) or _patient(path.parent, path.name, params)
    if not found:
        raise FileNotFoundError(f"no PNG or JPEG files in {', '.join(paths)}")
    return found


def _told_by_table(
    folder: Path, files_in: Callable[[Path], list[str]], params: IngestParams
) -> dict[Path, str]:
    if not (folder / params.table).is_file():
        return {}
    rows = read_table(folder / params.table, files_in(folder))
    return {folder / row.path: row.patient for row in rows if row.patient}


def _patient(folder: Path, name: str, params: IngestParams) -> str:
    return patient_of(name, params) or str(absolute(str(folder / name)).parent)


def score_files(model_dir: Path, slices: Mapping[Path, str], params: IngestParams) -> list[Score]:
    """Scores slices, given with their patients, by the model's `serving_bytes`, a batch at a time."""
    import tensorflow as tf

    serve = tf.saved_model.load(str(model_dir)).signatures["serving_bytes"]
    scores: list[Score] = []
    files = list(slices)
    for start in range(0, len(files), BATCH):
        batch = {path: _readable(path, params) for path in files[start : start + BATCH]}
        sound = [path for path, (_, reason) in batch.items() if not reason]
        told: dict[Path, tuple[float, int]] = {}
        if sound:
            output = serve(images=tf.constant([batch[path][0] for path in sound]))
            probabilities, labels = (output[name].numpy()[:, 0] for name in (PROBABILITY, PREDICTED))
            answers = zip(sound, probabilities, labels, strict=True)
            told = {path: (float(probability), int(label)) for path, probability, label in answers}
        for path, (_, reason) in batch.items():
            probability, label = told.get(path, (None, None))
            scores.append(Score(str(path), slices[path], probability, label, reason))
    return scores


def _readable(path: Path, params: IngestParams) -> tuple[bytes, str]:
    """Returns a file's bytes, and why they cannot be scored, if so: one bad file must not stop the others."""
    data, finding = inspect_file(path, params)
    if isinstance(finding, Rejection):
        return data, str(finding.reason)
    try:
        decode_grey(data)
    except UndecodableImage:
        return data, "undecodable"
    return data, ""


def by_patient(scores: Iterable[Score]) -> list[PatientScore]:
    """Returns each patient's highest slice, in the order in which patients come."""
    groups: dict[str, list[Score]] = {}
    for score in scores:
        groups.setdefault(score.patient, []).append(score)
    patients = []
    for patient, group in groups.items():
        told = [score for score in group if score.probability is not None]
        top = max(told, key=lambda score: score.probability or 0.0) if told else group[0]
        patients.append(PatientScore(patient, len(group), top.probability, top.hemorrhage))
    return patients


def predict_on_terminal(
    config: Config, paths: Sequence[str], model: str | None, *, as_json: bool, as_csv: bool
) -> int:
    """Prints scores by slice and by patient; returns 0, or 1 where a file could not be read."""
    model_dir = Path(model) if model else latest_pushed(Layout.of(config.run))
    if not _is_model(model_dir):
        raise FileNotFoundError(
            f"{model_dir} is not a SavedModel: it has no saved_model.pb; pushed models are numbered folders"
        )
    slices = find_slices(paths, config.ingest)
    with chatter_to(NOWHERE):
        scores = score_files(model_dir, slices, config.ingest)
    patients = by_patient(scores)
    if as_json:
        told = {
            "model": str(model_dir),
            "slices": [dataclasses.asdict(score) for score in scores],
            "patients": [dataclasses.asdict(patient) for patient in patients],
        }
        print(json.dumps(told, indent=2))
    elif as_csv:
        of = {each.patient: each for each in patients}
        writer = csv.writer(sys.stdout)
        names = [field.name for field in dataclasses.fields(Score)]
        writer.writerow([*names, "patient_probability", "patient_hemorrhage"])
        for score in scores:
            patient = of[score.patient]
            writer.writerow([*dataclasses.astuple(score), patient.probability, patient.hemorrhage])
    else:
        _print_tables(scores, patients, model_dir)
    unread = sum(bool(score.reason) for score in scores)
    if unread:
        print(f"ichor: {unread} of {len(scores)} files could not be scored", file=sys.stderr)
    return int(unread > 0)


def _print_tables(scores: Sequence[Score], patients: Sequence[PatientScore], model_dir: Path) -> None:
    print(f"model {model_dir}\n\n{'score':>6}  {'label':<12}  slice")
    for score in scores:
        print(f"{_number(score.probability)}  {score.reason or _label(score.hemorrhage):<12}  {score.file}")
    print(f"\n{'score':>6}  {'label':<12}  {'slices':>6}  patient (highest slice)")
    for each in patients:
        print(f"{_number(each.probability)}  {_label(each.hemorrhage):<12}  {each.slices:>6}  {each.patient}")
    print("\nScores are for research, not for diagnosis.")


def _number(probability: float | None) -> str:
    return f"{'-':>6}" if probability is None else f"{probability:6.3f}"


def _label(hemorrhage: int | None) -> str:
    return {None: "-", 0: "normal", 1: "hemorrhage"}[hemorrhage]
