"""Settings as a container will find them, and what is refused before anything is compiled."""

import posixpath

from pipeline.beam.arguments import require_within_pods
from pipeline.kubeflow.forms import require_forms
from pipeline.settings.config import Config
from pipeline.settings.loading import ConfigError

__all__ = ["in_containers"]


def in_containers(config: Config) -> Config:
    """Returns the settings with the containers' paths in place of this machine's.

    Args:
      config: All settings.
    Raises:
      ConfigError: A setting is missing, or says what cannot be known or done on a cluster.
    """
    kubeflow = config.kubeflow
    for name, flag in (("image", "--image"), ("pipeline_root", "--pipeline-root")):
        if not getattr(kubeflow, name):
            raise ConfigError(f"kubeflow.{name}: is needed; give it with {flag}")
    if config.ingest.source == "auto":
        raise ConfigError(
            "ingest.source: auto looks into the data folder, which only the cluster sees; "
            "set it to image or dicom"
        )
    if not kubeflow.key_secret:
        raise ConfigError(
            "kubeflow.key_secret: is needed, or each container would make a key of its own and no id would "
            "be the same twice; make a secret of at least 32 random bytes (docs/kubeflow.md)"
        )
    if not posixpath.isabs(config.run.data):
        raise ConfigError(
            f"run.data: expected the absolute path at which a volume has the slices in the containers, "
            f"got {config.run.data!r}"
        )
    require_forms(kubeflow)
    require_within_pods(config.beam)
    key_file = posixpath.join(kubeflow.key_folder, kubeflow.key_name)
    return config.model_copy(
        update={
            "run": config.run.model_copy(update={"output": kubeflow.state_dir}),
            "ingest": config.ingest.model_copy(update={"key_file": key_file}),
        }
    )
