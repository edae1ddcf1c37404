"""LeakageGate: Examples in, the same out, if nothing is in two splits and nothing has two labels."""

import logging
import os
from collections.abc import Sequence

import apache_beam as beam
import numpy as np
from tfx.components.util import examples_utils
from tfx.dsl.component.experimental.annotations import (
    BeamComponentParameter,
    InputArtifact,
    OutputArtifact,
    Parameter,
)
from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import Examples

from components.artifacts import LeakageReport, keep_stopped
from components.example_sets import carry_over
from components.imaging.likeness import CLOSER_SIDE, Thumbnails, closer_look
from components.imaging.sheet import thumbnail
from components.leakage.account import PAIRS_FILE, pairs_to_show, slices_csv
from components.leakage.account import account as account_of
from components.leakage.alike import Alike
from components.leakage.drops import KEPT, Reasons, reasons_to_drop
from components.leakage.findings import (
    Codes,
    Finding,
    Mask,
    conflicting_labels,
    identical_images,
    shared_patients,
)
from components.leakage.pairs_sheet import draw
from components.leakage.params import LeakageParams
from components.leakage.prints import Prints
from components.leakage.records import copy_split, copy_without, pictures
from components.leakage.transform import read_prints, write_prints
from components.leakage.wording import describe_drops, describe_findings, refusal
from schemas import accounts, features

__all__ = ["LeakageGate"]

PRINTS_FILE = "prints"  # of the report while it is being made

log = logging.getLogger("ichor.leakage")


class LeakageError(RuntimeError):
    """Something is in two splits, or has two labels; the message says what and the way out."""


@component(use_beam=True)
def LeakageGate(
    examples: InputArtifact[Examples],
    checked_examples: OutputArtifact[Examples],
    report: OutputArtifact[LeakageReport],
    params_json: Parameter[str],
    code_fingerprint: Parameter[str],
    beam_pipeline: BeamComponentParameter[beam.Pipeline] = None,
) -> None:
    """Looks for what is in two splits or has two labels, and stops, drops or warns.

    Args:
      examples: SliceRecords in TFRecords, as SliceFilter leaves them.
      checked_examples: The same, but for the copies that are dropped; splits without any are the same files.
      report: A folder of leakage.json, slices.csv and pairs.png.
      params_json: LeakageParams.
      code_fingerprint: Of the sources that decide; read by TFX's cache alone.
      beam_pipeline: Supplied by TFX.

    Raises:
      LeakageError: Something was found and the run must stop, or too little would be left.
    """
    del code_fingerprint
    params = LeakageParams.from_json(params_json)
    names = artifact_utils.decode_split_names(examples.split_names)
    splits = sorted(names, key=lambda name: (*features.SPLITS, name).index(name))
    sources = {split: examples_utils.get_split_file_patterns([examples], split)[0] for split in splits}
    fileio.makedirs(report.uri)
    prints_file = _in(report.uri, PRINTS_FILE)
    with beam_pipeline as pipeline:
        write_prints(pipeline, sources, prints_file)
    prints = read_prints(prints_file)
    fileio.remove(prints_file)

    near, findings = _find(prints, list(sources.values()), params)
    reasons = reasons_to_drop(findings)
    if params.action != "drop":
        reasons = np.full_like(reasons, KEPT)
    account = account_of(prints, near, findings, reasons, splits, params)
    pairs = pairs_to_show(findings, params.example_pairs)
    shown = prints["slice_id"][[index for pair in pairs for index in (pair.one, pair.other)]]
    thumbnails = pictures(sources.values(), shown.tolist(), thumbnail)
    for name, content in (
        (accounts.LEAKAGE_FILE, account.to_json().encode()),
        (accounts.LEAKING_SLICES_FILE, slices_csv(prints, findings, reasons, splits).encode()),
        (PAIRS_FILE, draw(pairs, prints, thumbnails, splits)),
    ):
        with fileio.open(_in(report.uri, name), "wb") as file:
            file.write(content)

    for finding in describe_findings(account.findings):
        log.warning("%s", finding)
    if account.objections:
        folder = keep_stopped(report.uri)
        raise LeakageError(refusal(account.objections, account.findings, params, folder))
    if dropped := describe_drops(account.dropped):
        log.info("dropped: %s", dropped)
    carry_over(examples, checked_examples)
    _warn(checked_examples, account.warnings)
    _copy(examples, checked_examples, prints, reasons, splits)


def _find(prints: Prints, patterns: list[str], params: LeakageParams) -> tuple[Mask, list[Finding]]:
    alike = Alike(prints, params.max_hash_distance)
    near = alike.near()
    to_look_at = alike.to_look_at(near)
    looks = pictures(patterns, prints["slice_id"][to_look_at].tolist(), closer_look)
    closer = np.zeros((len(to_look_at), CLOSER_SIDE, CLOSER_SIDE), np.uint8)
    for place, name in enumerate(prints["slice_id"][to_look_at]):
        closer[place] = looks.pop(name)

    def look_closer(indices: Codes) -> Thumbnails:
        return closer[np.searchsorted(to_look_at, indices)]

    most = params.example_pairs
    findings = [
        shared_patients(prints, most),
        identical_images(prints, most),
        alike.confirmed(look_closer, params.min_correlation, most),
        conflicting_labels(prints, most),
    ]
    return near, findings


def _warn(checked_examples: Examples, warnings: Sequence[str]) -> None:
    earlier = checked_examples.get_string_custom_property(features.WARNING_PROPERTY).splitlines()
    if warnings:
        checked_examples.set_string_custom_property(
            features.WARNING_PROPERTY, "\n".join([*earlier, *warnings])
        )


def _copy(
    examples: Examples, checked_examples: Examples, prints: Prints, reasons: Reasons, splits: list[str]
) -> None:
    for number, split in enumerate(splits):
        dropped = prints["slice_id"][(prints["split"] == number) & (reasons != KEPT)]
        source, target = (
            artifact_utils.get_split_uri([artifact], split) for artifact in (examples, checked_examples)
        )
        if len(dropped):
            copy_without(source, target, dropped.tolist())
        else:
            copy_split(source, target)


def _in(uri: str, name: str) -> str:
    return os.path.join(uri, name)  # noqa: PTH118 - a URI, not a path
