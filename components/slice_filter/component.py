"""SliceFilter: Examples in, the slices worth learning from out, with an account of the others."""

import logging
import os

import apache_beam as beam
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

from components.artifacts import SliceReport, keep_stopped
from components.example_sets import carry_over
from components.slice_filter.account import split_line
from components.slice_filter.params import FilterParams
from components.slice_filter.transform import filter_split, write_account
from schemas import accounts, features
from schemas.accounts.slice_filter import FilterAccount

__all__ = ["SliceFilter"]

DATA_FILES = "data_tfrecord"  # as TFX's own ExampleGens call them

log = logging.getLogger("ichor.filter")


class FilterObjection(RuntimeError):
    """The filter would drop what the run cannot do without."""


@component(use_beam=True)
def SliceFilter(
    examples: InputArtifact[Examples],
    filtered_examples: OutputArtifact[Examples],
    report: OutputArtifact[SliceReport],
    params_json: Parameter[str],
    code_fingerprint: Parameter[str],
    beam_pipeline: BeamComponentParameter[beam.Pipeline] = None,
) -> None:
    """Leaves out the slices that show too little brain, measures the others, accounts for all.

    Args:
      examples: SliceRecords in TFRecords.
      filtered_examples: Those kept, with `features.MEASURES`; splits, span and payload format are
        those of `examples`. Beside the splits lies `features.BASELINE_FILE`, statistics of the train split.
      report: A folder of filter.json, dropped.csv, sweep.csv and contact_sheet.png.
      params_json: FilterParams.
      code_fingerprint: Of the sources that decide; read by TFX's cache alone.
      beam_pipeline: Supplied by TFX.

    Raises:
      FilterObjection: Too many hemorrhage slices would be dropped, or a split would lack a class.
    """
    del code_fingerprint
    params = FilterParams.from_json(params_json)
    splits = artifact_utils.decode_split_names(examples.split_names)
    carry_over(examples, filtered_examples)
    with beam_pipeline as pipeline:
        tallies = []
        for split in splits:
            (source,) = examples_utils.get_split_file_patterns([examples], split)
            target = os.path.join(artifact_utils.get_split_uri([filtered_examples], split), DATA_FILES)  # noqa: PTH118
            tallies.append(filter_split(pipeline, split, source, target, params))
        warnings = examples.get_string_custom_property(features.WARNING_PROPERTY).splitlines()
        baseline_file = os.path.join(filtered_examples.uri, features.BASELINE_FILE)  # noqa: PTH118
        labels_of = examples.get_string_custom_property(features.LABELS_OF_PROPERTY)
        write_account(tallies, report.uri, baseline_file, splits, params, warnings, labels_of)
    with fileio.open(os.path.join(report.uri, accounts.FILTER_FILE), "rb") as file:  # noqa: PTH118
        account = FilterAccount.from_json(file.read(), accounts.FILTER_FILE)
    for split in splits:
        log.info("%s", split_line(split, account.counts[split]))
    for warning in account.warnings[len(warnings) :]:
        log.warning("%s", warning)
    for detail, number in account.unreadable.items():
        log.warning("unreadable, %s: %d", detail, number)
    if account.objections:
        folder = keep_stopped(report.uri)
        raise FilterObjection("\n".join([*account.objections, f"Account and contact sheet: {folder}"]))
