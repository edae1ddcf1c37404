"""A compiled pipeline's file, as far as submitting it needs to know it."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.kubeflow.access import KubeflowError

__all__ = ["SUFFIXES", "read_package"]

SUFFIXES = (".yaml", ".yml")  # by which KFP knows what it is sent
MOST_BYTES = 32 * 1024 * 1024  # KFP's own limit of an upload
DIGITS = 12


@dataclasses.dataclass(frozen=True)
class Package:
    """A compiled pipeline.

    Attributes:
      path: Of its file.
      name: Of the pipeline, which KFP keeps it by.
      digest: SHA-256 of the file, the first hexadecimal digits.
      parameters: Of a run: what the specification says of each, by name.
      steps: Names of the graph's steps.
    """

    path: Path
    name: str
    digest: str
    parameters: Mapping[str, Mapping[str, Any]]
    steps: tuple[str, ...]

    @property
    def version(self) -> str:
        """Name of this file as a version of the pipeline: the same file has the same."""
        return f"{self.name}-{self.digest}"


def read_package(path: Path) -> Package:
    """Reads a compiled pipeline.

    Raises:
      KubeflowError: There is no such file, or it is no compiled pipeline.
    """
    if path.suffix not in SUFFIXES:
        raise KubeflowError(f"{path}: expected a compiled pipeline that ends in .yaml")
    try:
        data = path.read_bytes()
        documents = list(yaml.safe_load_all(data))
    except OSError as error:
        raise KubeflowError(f"{path}: {error.strerror}; make it with: ichor compile -o {path}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise KubeflowError(f"{path}: is no YAML{where}") from None
    if len(data) > MOST_BYTES:
        raise KubeflowError(f"{path}: has {len(data)} bytes, and KFP takes {MOST_BYTES} at most")
    spec = documents[0] if documents else None
    if not isinstance(spec, dict) or not spec.get("schemaVersion"):
        raise KubeflowError(f"{path}: is no compiled pipeline: it has no schemaVersion")
    root = _mapping(spec.get("root"))
    name = _mapping(spec.get("pipelineInfo")).get("name")
    steps = tuple(_mapping(_mapping(root.get("dag")).get("tasks")))
    if not isinstance(name, str) or not name or not steps:
        raise KubeflowError(f"{path}: is no compiled pipeline: it has no name or no steps")
    parameters = _mapping(_mapping(root.get("inputDefinitions")).get("parameters"))
    digest = hashlib.sha256(data).hexdigest()[:DIGITS]
    return Package(path, name, digest, parameters, steps)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
