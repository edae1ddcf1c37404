"""Whether what follows runs is installed."""

import importlib.util

from pipeline.settings.loading import ConfigError
from pipeline.settings.params import TrackingParams

__all__ = ["require_packages"]

EXTRAS = ("wandb", "mlflow")  # switches of TrackingParams, packages, and extras of the project


def require_packages(params: TrackingParams) -> None:
    """Checks that what follows the runs is installed.

    Raises:
      ConfigError: It is not.
    """
    for extra in EXTRAS:
        if getattr(params, extra) and importlib.util.find_spec(extra) is None:
            raise ConfigError(
                f"tracking.{extra}: the package {extra} is not installed; "
                f"install it with: uv sync --extra {extra}"
            )
