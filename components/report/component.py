"""Report: everything that a run made in, one page and the same as JSON out."""

import json
import os

from tfx import v1 as tfx  # before anything that imports tensorflow_data_validation
from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.types.artifact import Artifact
from tfx.types.standard_artifacts import (
    Examples,
    ExampleStatistics,
    Model,
    ModelBlessing,
    ModelRun,
    PushedModel,
    Schema,
    TransformGraph,
)
from tfx.utils import io_utils

from components.artifacts import IngestReport, LeakageReport, ScoreEvaluation, SliceReport, SliceScores
from components.report.making import make
from components.report.params import ReportParams
from components.report.run_facts import Source
from schemas import accounts
from schemas.accounts.report import Setting

__all__ = ["Report", "RunReport"]


class RunReport(tfx.dsl.Artifact):
    """A folder of report.html and report.json."""

    TYPE_NAME = "ichor.RunReport"


@component
def Report(
    examples: InputArtifact[Examples],
    ingest_report: InputArtifact[IngestReport],
    filter_report: InputArtifact[SliceReport],
    checked_examples: InputArtifact[Examples],
    leakage_report: InputArtifact[LeakageReport],
    statistics: InputArtifact[ExampleStatistics],
    schema: InputArtifact[Schema],
    transform_graph: InputArtifact[TransformGraph],
    trained_model: InputArtifact[Model],
    model_run: InputArtifact[ModelRun],
    model: InputArtifact[Model],
    scores: InputArtifact[SliceScores],
    evaluation: InputArtifact[ScoreEvaluation],
    blessing: InputArtifact[ModelBlessing],
    pushed_model: InputArtifact[PushedModel],
    report: OutputArtifact[RunReport],
    params_json: Parameter[str],
    settings_json: Parameter[str],
    nodes_json: Parameter[str],
    code_fingerprint: Parameter[str],
) -> None:
    """Tells all of a run, whether its model was blessed or not.

    Args:
      examples: SliceRecords as they were found; dropped slices are shown from here.
      ingest_report: What was found and rejected.
      filter_report: What was dropped and why.
      checked_examples: SliceRecords that are left.
      leakage_report: What was in two splits.
      statistics: TFDV's, for the lineage alone.
      schema: For the lineage alone.
      transform_graph: For the lineage alone.
      trained_model: As Trainer leaves it, for the lineage alone.
      model_run: The training's table of epochs.
      model: With its operating point; it explains its errors.
      scores: Of the slices.
      evaluation: What they come to, and the gates.
      blessing: The last word on the model.
      pushed_model: Where it was pushed, if it was.
      report: A folder of report.html and report.json.
      params_json: ReportParams.
      settings_json: Key, value, unit, meaning and default of each public setting; of the trunk a reference.
      nodes_json: The node that makes each input.
      code_fingerprint: Of the sources that decide; read by TFX's cache alone.
    """
    del code_fingerprint
    inputs = {
        "examples": examples, "ingest_report": ingest_report, "filter_report": filter_report,
        "checked_examples": checked_examples, "leakage_report": leakage_report, "statistics": statistics,
        "schema": schema, "transform_graph": transform_graph, "trained_model": trained_model,
        "model_run": model_run, "model": model, "scores": scores, "evaluation": evaluation,
        "blessing": blessing, "pushed_model": pushed_model,
    }  # fmt: skip
    nodes = json.loads(nodes_json)
    sources = {name: _source(one, nodes[name]) for name, one in inputs.items()}
    settings = [Setting(**setting) for setting in json.loads(settings_json)]
    made = make(sources, settings, ReportParams.from_json(params_json))
    for name, text in ((accounts.REPORT_PAGE, made.page), (accounts.REPORT_FILE, made.json)):
        io_utils.write_string_file(os.path.join(report.uri, name), text)  # noqa: PTH118 - a URI, not a path


def _source(artifact: Artifact, node: str) -> Source:
    values = artifact.mlmd_artifact.custom_properties
    properties = {name: getattr(value, value.WhichOneof("value")) for name, value in values.items()}
    return Source(artifact.id, artifact.type_name, node, artifact.uri, properties)
