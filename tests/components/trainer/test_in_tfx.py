"""Transform and Trainer as TFX runs them, by dotted path."""

import csv
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from tfx import v1 as tfx

from components.trainer.run import run_fn
from components.transform.params import TransformParams
from components.transform.preprocess import preprocessing_fn
from schemas import features

pytestmark = pytest.mark.tfx

SCHEMA = Path(features.__file__).with_name("slices.pbtxt")


def dotted(function) -> str:
    return f"{function.__module__}.{function.__name__}"


@pytest.fixture(scope="module")
def run(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a pipeline that imports examples, transforms and trains."""
    root = tmp_path_factory.mktemp("tfx")
    made.write_split(root / "examples", "train", made.records(made.TRAIN, 0))
    made.write_split(root / "examples", "val", made.records(made.VAL, 1))
    (root / "schema").mkdir()
    (root / "schema" / "schema.pbtxt").write_text(SCHEMA.read_text())
    artifacts = tfx.types.standard_artifacts
    examples = tfx.dsl.Importer(
        str(root / "examples"), artifacts.Examples, properties={"split_names": json.dumps(["train", "val"])}
    ).with_id("Examples")
    schema = tfx.dsl.Importer(str(root / "schema"), artifacts.Schema).with_id("Schema")
    transform = tfx.components.Transform(
        examples=examples.outputs["result"],
        schema=schema.outputs["result"],
        preprocessing_fn=dotted(preprocessing_fn),
        materialize=False,
        disable_statistics=True,
        custom_config={"params": TransformParams(image_side=made.SIDE, channels=1).to_json()},
    )
    trainer = tfx.components.Trainer(
        examples=examples.outputs["result"],
        transform_graph=transform.outputs["transform_graph"],
        run_fn=dotted(run_fn),
        train_args=tfx.proto.TrainArgs(splits=["train"]),
        eval_args=tfx.proto.EvalArgs(splits=["val"]),
        custom_config={
            "params": made.params(epochs=1).to_json(),
            "state_dir": str(root / "state"),
            "code_fingerprint": "a",
            "weights_fingerprint": "",
        },
    )
    tfx.orchestration.LocalDagRunner().run(
        tfx.dsl.Pipeline(
            pipeline_name="transform-and-train",
            pipeline_root=str(root / "root"),
            components=[examples, schema, transform, trainer],
            metadata_connection_config=tfx.orchestration.metadata.sqlite_metadata_connection_config(
                str(root / "metadata.db")
            ),
        )
    )
    return root / "root"


def only(run: Path, pattern: str) -> Path:
    (path,) = run.glob(pattern)
    return path


def test_transform_writes_a_graph_and_no_examples(made: ModuleType, run: Path):
    graph = tft.TFTransformOutput(str(only(run, "Transform/transform_graph/*")))
    spec = graph.transformed_feature_spec()
    assert spec[features.PIXELS].shape == [made.SIDE, made.SIDE, 1]
    assert spec[features.TARGET].shape == [1]
    assert not list(run.glob("Transform/*/*/Split-*"))


def test_the_graph_gives_pixels_where_only_the_image_is_fed(made: ModuleType, run: Path):
    graph = tft.TFTransformOutput(str(only(run, "Transform/transform_graph/*")))
    image = made.records(1, 1)[0].image
    out = graph.transform_features_layer()({features.IMAGE: tf.constant([[image]])})
    assert set(out) == {features.PIXELS}
    np.testing.assert_array_equal(np.round(out[features.PIXELS][0] * 255), tf.io.decode_png(image))


def test_trainer_writes_a_history_and_a_model_that_answers(made: ModuleType, run: Path):
    with only(run, "Trainer/model_run/*/history.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1"]
    model = tf.saved_model.load(str(only(run, "Trainer/model/*/Format-Serving")))
    answer = model.signatures["serving_bytes"](images=tf.constant([made.records(1, 1)[0].image]))
    assert 0 <= float(answer[features.PROBABILITY][0]) <= 1
