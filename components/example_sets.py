"""What an Examples artifact says of itself, and what of it holds for a part of its records."""

import os

from tfx.components.example_gen import utils as example_gen
from tfx.dsl.io import fileio
from tfx.types.standard_artifacts import Examples

from schemas import features

__all__ = ["carry_over"]

# Custom properties that stay true when records are left out.
CARRIED = (
    example_gen.PAYLOAD_FORMAT_PROPERTY_NAME,
    example_gen.SPAN_PROPERTY_NAME,
    example_gen.VERSION_PROPERTY_NAME,
)
OWN_PREFIX = "ichor_"  # of what SliceExampleGen says there


def carry_over(examples: Examples, fewer: Examples) -> None:
    """Says of an artifact with fewer records what holds for them too: splits, span, format, warnings.

    The statistics of the train split come along: they describe what a model saw, to which a few records less
    make no difference.

    Args:
      examples: What the records are from.
      fewer: Where some or all of them go; it is changed.
    """
    fewer.split_names = examples.split_names
    fewer.span = examples.span
    fewer.version = examples.version
    carried = fewer.mlmd_artifact.custom_properties
    for name, value in examples.mlmd_artifact.custom_properties.items():
        if name in CARRIED or name.startswith(OWN_PREFIX):
            carried[name].CopyFrom(value)
    baseline = os.path.join(examples.uri, features.BASELINE_FILE)  # noqa: PTH118 - a URI, not a path
    if fileio.exists(baseline):
        fileio.makedirs(fewer.uri)
        fileio.copy(baseline, os.path.join(fewer.uri, features.BASELINE_FILE), overwrite=True)  # noqa: PTH118
