"""`ichor predict`: scores of slices by a pushed model; needs TensorFlow alone, not TFX."""

import argparse
import csv
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from components.slices.header import LEFT_OUT
from pipeline import exit_codes
from pipeline.commands.arguments import add_json, add_model, add_output, add_settings, load_settings
from pipeline.pushed.inputs import find_slices
from pipeline.pushed.model import latest_pushed, load_model, trained_on
from pipeline.pushed.scoring import PatientScore, Score, by_patient, score_slices
from pipeline.settings.layout import Layout
from pipeline.terminal.console import NOWHERE, chatter_to, shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="FILE|DIR",
        help="slices, or folders or zips of them: PNG and JPEG, or DICOM, whichever the model was trained on",
    )
    add_model(parser)
    add_output(parser)
    form = parser.add_mutually_exclusive_group()
    add_json(form)
    form.add_argument("--csv", action="store_true", help="print CSV, a row a slice")
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Prints scores by slice and by patient; returns 0, or 1 where a file could not be read."""
    config = load_settings(parsed, run__output=parsed.output).config
    model_dir = Path(parsed.model) if parsed.model else latest_pushed(Layout.of(config.run))
    windows = trained_on(model_dir)
    params = config.ingest.model_copy(update={"windows": windows}) if windows else config.ingest
    slices = find_slices(parsed.paths, windows, params)
    with chatter_to(NOWHERE):
        model = load_model(model_dir)
        scores = score_slices(model, slices, params)
    patients = by_patient(scores, model.threshold, config.evaluation)
    if parsed.json:
        result = {
            "model": str(model_dir),
            "version": model.version,
            "threshold": model.threshold,
            "slices": [dataclasses.asdict(score) for score in scores],
            "patients": [dataclasses.asdict(patient) for patient in patients],
        }
        print(json.dumps(result, indent=2))
    elif parsed.csv:
        of = {each.patient: each for each in patients}
        writer = csv.writer(sys.stdout)
        names = [field.name for field in dataclasses.fields(Score)]
        writer.writerow([*names, "patient_probability", "patient_hemorrhage"])
        for score in scores:
            patient = of.get(score.patient)
            of_patient = (patient.probability, patient.hemorrhage) if patient else (None, None)
            writer.writerow([*dataclasses.astuple(score), *of_patient])
    else:
        print(f"model {model_dir}, version {model.version}, threshold {model.threshold:.4f}\n")
        _print_tables(scores, patients)
    unread = sum(bool(score.reason) and score.reason not in LEFT_OUT for score in scores)
    if unread:
        print(f"ichor: {unread} of {len(scores)} files could not be scored", file=sys.stderr)
    return exit_codes.ERROR if unread else exit_codes.OK


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
