"""Forms that Kubernetes and KFP require: refused here in a line, not by a pod that never starts."""

import math
import posixpath
import re
from collections.abc import Iterator

from pipeline.kubeflow.uris import MOUNTS
from pipeline.settings.loading import ConfigError
from pipeline.settings.params import DEFAULT_STEP, KubeflowParams

__all__ = ["mounted"]

# Source: github.com/opencontainers/image-spec, descriptor.md, digests.
IMAGE = re.compile(r"[^\s@]+(@[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]{32,})?")
ROOT = re.compile(rf"({'|'.join(MOUNTS)})[^/\s]+(/.*)?|/.*")
# Source: kubeflow/pipelines, backend/src/v2/compiler/argocompiler/container.go: what is mounted in each pod.
OF_KFP = ("/gcs", "/s3", "/minio", "/.local", "/.cache", "/.config", "/kfp-launcher")
# Source: Kubernetes, Object Names and IDs, DNS subdomain names.
NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def require_forms(params: KubeflowParams) -> None:
    """Refuses settings that the cluster would refuse later.

    Args:
      params: The group `kubeflow`.
    Raises:
      ConfigError: A setting is of another form.
    """
    if not IMAGE.fullmatch(params.image):
        raise ConfigError(
            "kubeflow.image: expected REPOSITORY:TAG or REPOSITORY@sha256:DIGEST without spaces, "
            f"got {params.image!r}"
        )
    if not ROOT.fullmatch(params.pipeline_root):
        raise ConfigError(
            f"kubeflow.pipeline_root: expected an address of {', '.join(MOUNTS)} with a bucket, "
            f"or an absolute path, got {params.pipeline_root!r}"
        )
    for key, name in _names(params):
        if not NAME.fullmatch(name):
            raise ConfigError(
                f"kubeflow.{key}: expected a name as Kubernetes has them (small letters, digits, '-', '.'), "
                f"got {name!r}"
            )
    _require_resources(params)


def mounted(path: str, params: KubeflowParams) -> bool:
    """Returns whether a path of the containers lies on one of the volumes."""
    roots = volumes(params).values()
    return any(path == root or path.startswith(f"{root.rstrip('/')}/") for root in roots)


def volumes(params: KubeflowParams) -> dict[str, str]:
    """Returns the path of each claim.

    Raises:
      ConfigError: A volume is of another form, or two of them meet, or one meets what is mounted anyhow.
    """
    path_of_claim: dict[str, str] = {}
    paths = {posixpath.normpath(params.key_folder)}
    for volume in params.volumes:
        claim, colon, path = volume.partition(":")
        if not colon or not claim or not path.startswith("/"):
            raise ConfigError(f"kubeflow.volumes: expected CLAIM:/PATH, got {volume!r}")
        path = posixpath.normpath(path)
        if path in OF_KFP:
            raise ConfigError(f"kubeflow.volumes: {path} is KFP's own folder; mount {claim} elsewhere")
        if claim in path_of_claim:
            raise ConfigError(f"kubeflow.volumes: {claim} stands twice, and a pod mounts a claim once")
        if path in paths:
            raise ConfigError(f"kubeflow.volumes: two of them are mounted at {path}; give each its own path")
        path_of_claim[claim] = path
        paths.add(path)
    return path_of_claim


def _require_resources(params: KubeflowParams) -> None:
    for group, values in (("cpu", params.cpu), ("memory", params.memory)):
        if DEFAULT_STEP not in values:
            raise ConfigError(f"kubeflow.{group}: has no {DEFAULT_STEP!r}, which all other steps use; add it")
        for step, value in values.items():
            if not 0 < value < math.inf:
                raise ConfigError(f"kubeflow.{group}: {step}: expected a number above 0, got {value}")


def _names(params: KubeflowParams) -> Iterator[tuple[str, str]]:
    for claim in volumes(params):
        yield "volumes", claim
    yield "key_secret", params.key_secret
    if params.image_pull_secret:
        yield "image_pull_secret", params.image_pull_secret
