"""Scores files with a pushed model; needs TensorFlow alone, not TFX."""

import csv
import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from components.ingest.labels import patient_of
from components.ingest.params import IngestParams
from components.ingest.structure import Rejection, inspect_bytes
from components.ingest.table import read_table
from pipeline.config import Config
from pipeline.console import NOWHERE, chatter_to
from pipeline.layout import Layout
from schemas.features import PREDICTED, PROBABILITY

BATCH = 32  # slices a call of the model
IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg"}


@dataclasses.dataclass(frozen=True)
class Score:
    """What the model says of one file; `reason` says why it could say nothing."""

    file: str
    patient: str
    probability: float | None
    hemorrhage: int | None
    reason: str = ""


def latest_pushed(layout: Layout) -> Path:
    """Returns the newest numbered model.

    Raises:
      FileNotFoundError: None was pushed yet.
    """
    versions = [path for path in layout.pushed.glob("*") if path.name.isdigit()]
    if not versions:
        raise FileNotFoundError(
            f"no pushed model in {layout.pushed}; run the pipeline first, or give --model DIR"
        )
    return max(versions, key=lambda path: int(path.name))


def find_slices(paths: Iterable[str], params: IngestParams) -> dict[Path, str]:
    """Returns the files named and the images in the folders named, in a stable order, with patients.

    A patient is told by the label table of a named folder, else by `ingest.patient_pattern`,
    else by the folder that the file lies in.

    Raises:
      FileNotFoundError: A path does not exist, or there is no image at all.
      DataError: A folder's label table does not keep to its form.
    """
    found: dict[Path, str] = {}
    for path in map(Path, paths):
        if not path.exists():
            raise FileNotFoundError(f"no such file or folder: {path}")
        if path.is_dir():
            images = sorted(p for p in path.rglob("*") if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file())
            found |= {image: _patient(image, params) for image in images} | _told_by_table(
                path, images, params
            )
        else:
            found[path] = _patient(path, params)
    if not found:
        raise FileNotFoundError(f"no PNG or JPEG files in {', '.join(paths)}")
    return found


def _told_by_table(folder: Path, images: Sequence[Path], params: IngestParams) -> dict[Path, str]:
    if not (folder / params.table).is_file():
        return {}
    rows = read_table(folder / params.table, [image.relative_to(folder).as_posix() for image in images])
    return {folder / row.path: row.patient for row in rows if row.patient}


def _patient(path: Path, params: IngestParams) -> str:
    return patient_of(path.as_posix(), params) or path.parent.name


def score_files(model_dir: Path, slices: Mapping[Path, str], params: IngestParams) -> list[Score]:
    """Scores slices, given with their patients, by the model's `serving_bytes`, a batch at a time."""
    import tensorflow as tf

    serve = tf.saved_model.load(str(model_dir)).signatures["serving_bytes"]
    scores: list[Score] = []
    files = list(slices)
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        contents = [path.read_bytes() for path in batch]
        findings = [inspect_bytes(data, params) for data in contents]
        readable = [n for n, finding in enumerate(findings) if not isinstance(finding, Rejection)]
        told: dict[int, tuple[float, int]] = {}
        if readable:
            output = serve(images=tf.constant([contents[n] for n in readable]))
            probabilities, labels = (output[name].numpy()[:, 0] for name in (PROBABILITY, PREDICTED))
            told = dict(
                zip(readable, zip(map(float, probabilities), map(int, labels), strict=True), strict=True)
            )
        for n, (path, finding) in enumerate(zip(batch, findings, strict=True)):
            probability, label = told.get(n, (None, None))
            reason = str(finding.reason) if isinstance(finding, Rejection) else ""
            scores.append(Score(str(path), slices[path], probability, label, reason))
    return scores


def predict_on_terminal(
    config: Config, paths: Sequence[str], model: str | None, *, as_json: bool, as_csv: bool
) -> int:
    """Prints scores by slice and by patient; returns 0, or 1 where a file could not be read."""
    model_dir = Path(model) if model else latest_pushed(Layout.of(config.run))
    if not (model_dir / "saved_model.pb").is_file():
        raise FileNotFoundError(f"{model_dir} is not a SavedModel: it has no saved_model.pb")
    slices = find_slices(paths, config.ingest)
    with chatter_to(NOWHERE):
        scores = score_files(model_dir, slices, config.ingest)
    if as_json:
        print(
            json.dumps({"model": str(model_dir), "slices": [dataclasses.asdict(s) for s in scores]}, indent=2)
        )
    elif as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(field.name for field in dataclasses.fields(Score))
        writer.writerows(dataclasses.astuple(score) for score in scores)
    else:
        _print_tables(scores, model_dir)
    return int(any(score.reason for score in scores))


def _print_tables(scores: Sequence[Score], model_dir: Path) -> None:
    print(f"model {model_dir}\n\n{'score':>6}  {'label':<10}  slice")
    for score in scores:
        print(f"{_score(score.probability)}  {_label(score):<10}  {score.file}")
    print(f"\n{'score':>6}  {'label':<10}  {'slices':>6}  patient (highest slice)")
    by_patient: dict[str, list[Score]] = {}
    for score in scores:
        by_patient.setdefault(score.patient, []).append(score)
    for patient, group in by_patient.items():
        read = [score for score in group if score.probability is not None]
        top = max(read, key=lambda score: score.probability or 0.0) if read else group[0]
        print(f"{_score(top.probability)}  {_label(top):<10}  {len(group):>6}  {patient}")
    print("\nScores are for research, not for diagnosis.")


def _score(probability: float | None) -> str:
    return f"{'-':>6}" if probability is None else f"{probability:6.3f}"


def _label(score: Score) -> str:
    if score.hemorrhage is None:
        return score.reason
    return "hemorrhage" if score.hemorrhage else "normal"
