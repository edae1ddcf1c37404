"""How many channels the model sees: what the settings say, or else what the data have."""

from components.slices import source
from components.transform.params import TransformParams
from pipeline.settings.config import Config
from pipeline.settings.layout import absolute
from pipeline.settings.loading import ConfigError


def transform_params(config: Config) -> TransformParams:
    """Returns Transform's parameters with the data's own number of channels where they leave it open.

    Raises:
      ConfigError: Three windows would be mixed into one channel.
    """
    source_channels = source.channels(absolute(config.run.data), config.ingest)
    chosen = config.transform.channels or source_channels
    if source_channels > 1 and chosen == 1:
        raise ConfigError(
            f"transform.channels: 1 would mix the {source_channels} windows of a DICOM slice; set it to 0 or "
            f"{source_channels}, or ingest.windows to one window"
        )
    return config.transform.model_copy(update={"channels": chosen})
