"""Scores files with a pushed model; needs TensorFlow alone, not TFX."""

import csv
import dataclasses
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from components.ingest.errors import DataError
from components.ingest.header import LEFT_OUT
from components.ingest.params import IngestParams
from components.ingest.scan import files_below, is_image
from components.metrics.params import EvaluationParams
from components.metrics.scored import Scored
from components.metrics.scored import by_patient as patients_of
from pipeline.config import Config
from pipeline.console import NOWHERE, chatter_to, shown
from pipeline.inputs import Input, find_dicom, find_images, is_dicom, read_slice
from pipeline.layout import Layout, numbered
from schemas.features import TRAINED_ON_FILE

if TYPE_CHECKING:
    from components.served_model import ServedModel

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
    """What is said of one patient by the scores of the slices; None where no slice could be scored."""

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


def trained_on(model_dir: Path) -> str:
    """Returns the windows of HU that a model's slices show, "" for one of grey images.

    Raises:
      OSError: The folder holds no SavedModel.
    """
    if not _is_model(model_dir):
        raise FileNotFoundError(
            f"{model_dir} is not a SavedModel: it has no saved_model.pb; pushed models are numbered folders"
        )
    told = model_dir / TRAINED_ON_FILE
    if not told.is_file():
        return ""
    try:
        return str(json.loads(told.read_text(encoding="utf-8"))["windows"])
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{told}: does not say what the model was trained on; copy the model anew") from None


def find_slices(paths: Sequence[str], windows: str, params: IngestParams) -> list[Input]:
    """Returns the slices of files and folders that a model can score.

    Args:
      paths: Files and folders; of a folder what the model cannot score is passed over.
      windows: Of the model, as `trained_on` tells them.
      params: Where patients are told.
    Raises:
      DataError: A file named, or all of a folder, is of the kind that the model was not trained on.
      FileNotFoundError: There is nothing to score.
    """
    wrong = is_dicom if not windows else lambda path: is_image(path.name)
    named = [path for path in map(Path, paths) if path.is_file() and wrong(path)]
    if named:
        raise DataError(wrong_kind(str(named[0]), windows))
    try:
        return find_dicom(paths, params) if windows else find_images(paths, params)
    except FileNotFoundError:
        folders = [path for path in map(Path, paths) if path.is_dir()]
        if any(wrong(path / name) for path in folders for name in files_below(path)):
            raise DataError(wrong_kind(f"all of {', '.join(paths)}", windows)) from None
        raise


def wrong_kind(what: str, windows: str) -> str:
    """Returns what to say of data of the kind that a model of these windows was not trained on."""
    if windows:
        return (
            f"{what}: the model was trained on DICOM slices in Hounsfield units (windows {windows}); an "
            "exported image has lost them; give the DICOM files, or a model that was trained on images"
        )
    return (
        f"{what}: the model was trained on exported grey images; a DICOM slice would look otherwise to it; "
        "give images as it was trained on, or a model that was trained on DICOM"
    )


def load_model(model_dir: Path) -> "ServedModel":
    """Loads a SavedModel, and TensorFlow with it."""
    from components.served_model import ServedModel

    return ServedModel(str(model_dir))


def score_slices(model: "ServedModel", slices: Sequence[Input], params: IngestParams) -> list[Score]:
    """Scores slices by the model's `serving_bytes`, a batch at a time."""
    scores: list[Score] = []
    for start in range(0, len(slices), BATCH):
        batch = [(one, *read_slice(one, params)) for one in slices[start : start + BATCH]]
        sound = [(one, data) for one, data, reason in batch if not reason]
        answers = model.score_images([data for _, data in sound])
        told = {
            one.name: (None, None, error) if error else (float(probability), int(label), "")
            for (one, _), probability, label, error in zip(
                sound, answers.probability, answers.hemorrhage, answers.error, strict=True
            )
        }
        for one, _, reason in batch:
            scores.append(Score(one.name, one.patient, *told.get(one.name, (None, None, reason))))
    return scores


def by_patient(scores: Iterable[Score], threshold: float, params: EvaluationParams) -> list[PatientScore]:
    """Returns patients in the order in which they come, scored as they are in a run's evaluation.

    Args:
      scores: Of slices.
      threshold: Of the model.
      params: How slices make a patient's score.
    """
    groups: dict[str, list[Score]] = {}
    for score in scores:
        if score.patient:  # a DICOM file without a slice is nobody's
            groups.setdefault(score.patient, []).append(score)
    patients = []
    for patient, group in groups.items():
        told = [score for score in group if score.probability is not None]
        probability = hemorrhage = None
        if told:
            row = Scored.of(np.zeros(len(told), np.int8), np.array([s.probability for s in told], np.float32),
                            np.zeros(len(told), np.int64))  # fmt: skip
            probability = float(patients_of(row, params.patient_score, params.top_k).probability[0])
            hemorrhage = int(probability >= threshold)
        patients.append(PatientScore(patient, len(group), probability, hemorrhage))
    return patients


def predict_on_terminal(
    config: Config, paths: Sequence[str], model: str | None, *, as_json: bool, as_csv: bool
) -> int:
    """Prints scores by slice and by patient; returns 0, or 1 where a file could not be read."""
    model_dir = Path(model) if model else latest_pushed(Layout.of(config.run))
    windows = trained_on(model_dir)
    params = config.ingest.model_copy(update={"windows": windows}) if windows else config.ingest
    slices = find_slices(paths, windows, params)
    with chatter_to(NOWHERE):
        asked = load_model(model_dir)
        scores = score_slices(asked, slices, params)
    patients = by_patient(scores, asked.threshold, config.evaluation)
    if as_json:
        told = {
            "model": str(model_dir),
            "version": asked.version,
            "threshold": asked.threshold,
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
            patient = of.get(score.patient)
            of_patient = (patient.probability, patient.hemorrhage) if patient else (None, None)
            writer.writerow([*dataclasses.astuple(score), *of_patient])
    else:
        print(f"model {model_dir}, version {asked.version}, threshold {asked.threshold:.4f}\n")
        _print_tables(scores, patients)
    unread = sum(bool(score.reason) and score.reason not in LEFT_OUT for score in scores)
    if unread:
        print(f"ichor: {unread} of {len(scores)} files could not be scored", file=sys.stderr)
    return int(unread > 0)


def _print_tables(scores: Sequence[Score], patients: Sequence[PatientScore]) -> None:
    print(f"{'score':>6}  {'label':<12}  slice")
    for score in scores:
        label = score.reason or _label(score.hemorrhage)
        print(f"{_number(score.probability)}  {label:<12}  {shown(score.file)}")
    print(f"\n{'score':>6}  {'label':<12}  {'slices':>6}  patient")
    for each in patients:
        label, patient = _label(each.hemorrhage), shown(each.patient)
        print(f"{_number(each.probability)}  {label:<12}  {each.slices:>6}  {patient}")
    print("\nScores are for research, not for diagnosis.")


def _number(probability: float | None) -> str:
    return f"{'-':>6}" if probability is None else f"{probability:6.3f}"


def _label(hemorrhage: int | None) -> str:
    return {None: "-", 0: "normal", 1: "hemorrhage"}[hemorrhage]
