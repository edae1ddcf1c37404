"""How many channels the model sees: what the settings say, or else what the data have."""

from components.slices.errors import DataError
from components.slices.source import GREY, Source
from components.transform.params import TransformParams
from pipeline.settings.config import Config
from pipeline.settings.layout import absolute
from pipeline.settings.loading import ConfigError

__all__ = ["transform_params"]


def transform_params(config: Config, source_channels: int | None = None) -> TransformParams:
    """Returns Transform's parameters with the data's own number of channels where they leave it open.

    Args:
      config: Of the run.
      source_channels: Channels of the data's slices; looked for in the folder where None.
    Raises:
      ConfigError: Three windows would be mixed into one channel.
    """
    if source_channels is None:
        source_channels = _channels_of_data(config)
    chosen = config.transform.channels or source_channels
    if source_channels > 1 and chosen == 1:
        raise ConfigError(
            f"transform.channels: 1 would mix the {source_channels} windows of a DICOM slice; set it to 0 or "
            f"{source_channels}, or ingest.windows to one window"
        )
    return config.transform.model_copy(update={"channels": chosen})


def _channels_of_data(config: Config) -> int:
    try:
        return Source(absolute(config.run.data), config.ingest).channels
    except DataError:  # the run that reads the folder says what is wrong
        return GREY
