"""Addresses of an artifact store, and where KFP's launcher puts what lies there."""

import os

# Source: kubeflow/pipelines, backend/src/v2/component/launcher_v2.go, LocalPathForURI.
MOUNTS = {"s3://": "/s3/", "minio://": "/minio/", "gs://": "/gcs/"}
MOUNT_ROOT = "ICHOR_MOUNT_ROOT"  # environment: the folder below which they lie, where it is not the root


def local(uri: str) -> str:
    """Returns the path at which a step reads or writes an address; a path is its own.

    Raises:
      ValueError: The scheme is none that the launcher handles.
    """
    for scheme, folder in MOUNTS.items():
        if uri.startswith(scheme):
            return _root() + folder + uri.removeprefix(scheme)
    if "://" in uri:
        raise ValueError(f"{uri}: expected an address of {', '.join(MOUNTS)} or a path")
    return uri


def remote(path: str) -> str:
    """Returns the address that `local` made a path of; any other text as it is."""
    for scheme, folder in MOUNTS.items():
        if path.startswith(_root() + folder):
            return scheme + path.removeprefix(_root() + folder)
    return path


def _root() -> str:
    return os.environ.get(MOUNT_ROOT, "").rstrip("/")
