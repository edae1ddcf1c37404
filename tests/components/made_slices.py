"""Slices that a tiny trunk learns in seconds: grey noise, and a bright square where there is a bleed."""

import functools
import io
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image
from tensorflow_transform import impl_helper

from components.trainer import weights
from components.trainer.params import TrainerParams
from components.transform.params import TransformParams
from components.transform.preprocess import preprocessing_fn
from schemas import features
from schemas.records import SliceRecord

SIDE = 64
TRAIN, VAL = 48, 24

PARAMS: Mapping[str, Any] = {
    "trunk": "tiny",
    "weights": "none",
    "batch_norm_momentum": 0.5,
    "batch_norm_batches": 0,
    "unfrozen_share": 1.0,
    "dropout": 0.2,
    "learning_rate": 0.01,
    "batch_size": 8,
    "epochs": 3,
    "warmup_epochs": 0,
    "early_stopping_patience": 0,
    "class_weights": "none",
    "flip": True,
    "rotation_degrees": 10.0,
    "shift_share": 0.05,
    "zoom_share": 0.05,
    "brightness_share": 0.1,
    "mixed_precision": True,
    "cache_megabytes": 100,
    "seed": 3,
}


def params(**changes: Any) -> TrainerParams:
    return TrainerParams(**{**PARAMS, **changes})


def png(bleed: int, rng: np.random.Generator) -> bytes:
    values = rng.normal(90, 12, (SIDE, SIDE))
    if bleed:
        row, column = rng.integers(10, SIDE - 22, 2)
        values[row : row + 12, column : column + 12] += 120
    stream = io.BytesIO()
    Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def records(count: int, seed: int) -> list[SliceRecord]:
    """Every second slice has a bleed."""
    rng = np.random.default_rng(seed)
    return [
        SliceRecord(png(at % 2, rng), "png", SIDE, SIDE, 1, 8, at % 2, f"s{at}", f"p{at}", f"k{at}")
        for at in range(count)
    ]


def write_split(
    folder: Path, split: str, slices: Iterable[SliceRecord], shard: str = "00000-of-00001"
) -> None:
    path = folder / f"Split-{split}" / f"data_tfrecord-{shard}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in slices:
            writer.write(record.to_example().SerializeToString())


def write_graph(folder: Path) -> None:
    """Writes what Transform writes, in the way it does where there is nothing to analyze."""
    columns = {features.IMAGE: tf.string, features.LABEL: tf.int64}
    config = {"params": TransformParams(image_side=SIDE, channels=1).to_json()}
    impl_helper.analyze_in_place(
        functools.partial(preprocessing_fn, custom_config=config),
        force_tf_compat_v1=False,
        feature_specs={name: tf.io.FixedLenFeature([1], dtype) for name, dtype in columns.items()},
        type_specs={name: tf.TensorSpec([None, 1], dtype) for name, dtype in columns.items()},
        transform_output_path=str(folder),
    )


def write_inputs(folder: Path) -> Path:
    """Writes the examples and the graph that a Trainer gets, and returns their folder."""
    write_split(folder, "train", records(TRAIN, 0))
    write_split(folder, "val", records(VAL, 1))
    write_graph(folder / "graph")
    return folder


def fn_args(inputs: Path, output: Path, trainer: TrainerParams, code: str = "a") -> types.SimpleNamespace:
    """What TFX's Trainer hands to `run_fn`."""
    return types.SimpleNamespace(
        train_files=[f"{inputs}/Split-train/*"],
        eval_files=[f"{inputs}/Split-val/*"],
        transform_graph_path=f"{inputs}/graph",
        serving_model_dir=str(output / "Format-Serving"),
        model_run_dir=str(output / "model_run"),
        hyperparameters=None,
        custom_config={
            "params": trainer.to_json(),
            "state_dir": str(output.parent / "state"),
            "code_fingerprint": code,
            "weights_fingerprint": weights.fingerprint(trainer.weights),
        },
    )
