"""What a training and a search over trainings are given by TFX, ready to be used."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import tensorflow as tf
import tensorflow_transform as tft

from components.trainer import model as models
from components.trainer import slices, weights
from components.trainer.params import TrainerParams
from components.trainer.slices import Slices, Transform
from components.trainer.state import fingerprint
from schemas import features

if TYPE_CHECKING:  # the caller has TFX loaded; without it a training starts in seconds
    from tfx.components.trainer.fn_args_utils import FnArgs


@dataclasses.dataclass(frozen=True)
class Inputs:
    """Slices and the graph that made them.

    Attributes:
      splits: Slices of train and val.
      transform: Raw columns to transformed columns, the saved graph of Transform.
      shape: Of one transformed slice: side, side, channels.
    """

    splits: Mapping[str, Slices]
    transform: Transform
    shape: tuple[int, int, int]


def load(fn_args: "FnArgs", cache_megabytes: int, cache_dir: Path) -> Inputs:
    """Decodes both splits once.

    Args:
      fn_args: Raw examples and the transform graph.
      cache_megabytes: Pixels stay in memory up to this many megabytes.
      cache_dir: Local folder for those that do not.
    Raises:
      ValueError: A split has no records.
    """
    graph = tft.TFTransformOutput(fn_args.transform_graph_path)
    layer = graph.transform_features_layer()
    shape = tuple(graph.transformed_feature_spec()[features.PIXELS].shape)
    return Inputs(slices.load(_patterns(fn_args), layer, shape, cache_megabytes, cache_dir), layer, shape)


def untrained(params: TrainerParams, shape: tuple[int, int, int]) -> keras.Model:
    """Builds the classifier with its trunk's first weights."""
    model = models.build(params, shape)
    weights.load(models.trunk_of(model), params.trunk, params.weights)
    return model


def state_folder(fn_args: "FnArgs", texts: Sequence[str]) -> Path:
    """Returns the folder of what is under way: whatever changes the work gets it a folder of its own.

    Args:
      fn_args: Raw examples, the transform graph, and in `custom_config` "state_dir" and fingerprints.
      texts: Parameters of the work.
    """
    config = fn_args.custom_config
    patterns = _patterns(fn_args)
    files = [file for split, globs in patterns.items() for file in slices.matching_files(split, globs)]
    graph = tf.io.gfile.glob(f"{fn_args.transform_graph_path}/*/saved_model.pb")
    texts = [*texts, config["code_fingerprint"], config["weights_fingerprint"]]
    return Path(config["state_dir"]) / fingerprint(texts, [*files, *graph])


def _patterns(fn_args: "FnArgs") -> dict[str, Sequence[str]]:
    return {features.TRAIN: fn_args.train_files, features.VAL: fn_args.eval_files}
