"""KFP's account of a step's artifacts, and TFX's.

KFP's backend gives a step its input artifacts without their types (tensorflow/tfx issue 7768); the types
are in the component's own definition, which the compiled command carries.
"""

from collections.abc import Iterable

import yaml
from kfp.pipeline_spec import pipeline_spec_pb2 as spec
from tfx import types
from tfx.orchestration.kubeflow.v2 import compiler_utils
from tfx.orchestration.kubeflow.v2.container import kubeflow_v2_entrypoint_utils as upstream
from tfx.types import artifact_utils
from tfx.utils import name_utils

from components.anomaly_gate.component import AnomalyReport
from components.artifacts import IngestReport, LeakageReport, ScoreEvaluation, SliceReport, SliceScores
from components.report.component import RunReport
from pipeline.kubeflow.uris import local, remote

OWN_TYPES = (
    AnomalyReport, IngestReport, LeakageReport, RunReport, ScoreEvaluation, SliceReport, SliceScores,
)  # fmt: skip
CLASS_PATHS = compiler_utils.TITLE_TO_CLASS_PATH | {
    own.TYPE_NAME: name_utils.get_full_name(own) for own in OWN_TYPES
}
Artifacts = dict[str, list[types.Artifact]]


def read(lists: "dict[str, spec.ArtifactList]", declared: "dict[str, spec.ArtifactTypeSchema]") -> Artifacts:
    """Returns TFX's artifacts with their types, at the paths where this process finds them.

    Args:
      lists: KFP's artifacts by name; changed.
      declared: Types by name, of the component's definition; they take the place of what an artifact lacks.
    Raises:
      ValueError: A type is unknown.
    """
    for name, artifacts in lists.items():
        for artifact in artifacts.artifacts:
            kind = declared.get(name, artifact.type)
            artifact.type.schema_title = _class_path(name, kind)
            artifact.uri = local(artifact.uri)
    return upstream.parse_raw_artifact_dict(lists, {})


def written(artifacts: Artifacts) -> dict[str, spec.ArtifactList]:
    """Returns KFP's account of artifacts, with addresses where TFX has this process' paths."""
    lists = upstream.translate_executor_output(artifacts, _Anonymous())
    for artifact_list in lists.values():
        for artifact in artifact_list.artifacts:
            artifact.uri = remote(artifact.uri)
            for field in artifact.metadata.fields.values():
                if field.HasField("string_value"):
                    field.string_value = remote(field.string_value)
    return lists


def paths(artifacts: Iterable[list[types.Artifact]]) -> list[str]:
    """Returns where artifacts lie."""
    return [artifact_utils.get_single_uri(single) for single in artifacts]


class _Anonymous(dict):
    """KFP names artifacts itself; upstream would warn of each that it cannot name."""

    def __contains__(self, number: object) -> bool:
        return True

    def __missing__(self, number: int) -> str:
        return ""


def _class_path(name: str, kind: spec.ArtifactTypeSchema) -> str:
    title = kind.schema_title or (yaml.safe_load(kind.instance_schema or "{}") or {}).get("title", "")
    if title not in CLASS_PATHS:
        raise ValueError(f"artifact {name!r}: expected a type of TFX or ichor, got {title or 'none'!r}")
    return CLASS_PATHS[title]
