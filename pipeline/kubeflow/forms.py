"""Forms that Kubernetes and KFP want: told here in a line, not by a pod that never starts."""

import re
from collections.abc import Iterator

from pipeline.kubeflow.params import KubeflowParams
from pipeline.kubeflow.uris import MOUNTS
from pipeline.settings import ConfigError

# Source: github.com/opencontainers/image-spec, descriptor.md, digests.
IMAGE = re.compile(r"[^\s@]+(@[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]{32,})?")
ROOT = re.compile(rf"({'|'.join(MOUNTS)})[^/\s]+(/.*)?|/.*")
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


def mounted(path: str, params: KubeflowParams) -> bool:
    """Returns whether a path of the containers lies on one of the volumes."""
    roots = [volume.partition(":")[2].rstrip("/") for volume in params.volumes]
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _names(params: KubeflowParams) -> Iterator[tuple[str, str]]:
    for volume in params.volumes:
        yield "volumes", volume.partition(":")[0]
    yield "key_secret", params.key_secret
    if params.image_pull_secret:
        yield "image_pull_secret", params.image_pull_secret
