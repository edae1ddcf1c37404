"""The model as TensorFlow Serving gets it: JSON in base64, in a process with TensorFlow and nothing of ours.

What is exercised is the SavedModel with the REST form of a request and of an answer; TensorFlow
Serving itself is not part of the test.
"""

import base64
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from components.operating_point.saved_model import set_operating_point
from components.served_model import ServedModel

pytestmark = pytest.mark.tf

# Requests and answers in the row form of TensorFlow Serving's REST interface, for a signature of one input.
SERVER = """
import base64, json, sys
for name in ("components", "schemas", "pipeline", "tensorflow_transform", "tfx", "keras", "tf_keras"):
    sys.modules[name] = None  # importing it fails
import tensorflow as tf
signatures = tf.saved_model.load(sys.argv[1]).signatures
for line in sys.stdin:
    request = json.loads(line)
    signature = signatures[request["signature_name"]]
    (name,) = signature.structured_input_signature[1]
    rows = tf.constant([base64.b64decode(row["b64"]) for row in request["instances"]])
    answer = {name: value.numpy().tolist() for name, value in signature(**{name: rows}).items()}
    def as_json(name, value):
        if name.endswith("_bytes"):
            return {"b64": base64.b64encode(value).decode()}
        return value.decode() if isinstance(value, bytes) else value
    predictions = [
        {name: as_json(name, values[row]) for name, values in answer.items()} for row in range(len(rows))
    ]
    print("answer " + json.dumps({"predictions": predictions}), flush=True)
"""


@pytest.fixture(scope="module")
def model(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pushed") / "1"
    set_operating_point(str(trained), str(folder), 0.3, 1.0)
    return folder


def answers(model: Path, folder: Path, requests: list[list[bytes]]) -> list[list[dict[str, Any]]]:
    lines = [
        json.dumps(
            {
                "signature_name": "serving_bytes",
                "instances": [{"b64": base64.b64encode(image).decode()} for image in images],
            }
        )
        for images in requests
    ]
    result = subprocess.run(
        [sys.executable, "-c", SERVER, str(model)],
        input="\n".join(lines), cwd=folder, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    replies = [line for line in result.stdout.splitlines() if line.startswith("answer ")]
    return [json.loads(line.removeprefix("answer "))["predictions"] for line in replies]


@pytest.fixture(scope="module")
def served(made: ModuleType, model: Path, tmp_path_factory: pytest.TempPathFactory):
    """Answers to requests of 1, 2, 17 and 64 slices, and to one with bad bytes between good ones."""
    images = [record.image for record in made.records(64, 1)]
    bad = [images[0], b"a letter", b"", images[1][:100], images[1]]
    requests = [images[:1], images[:2], images[:17], images, bad]
    return images, answers(model, tmp_path_factory.mktemp("elsewhere"), requests)


def test_score_label_threshold_and_version_come_back(served, model: Path):
    (first,) = served[1][0]
    assert first.keys() == {"probability", "hemorrhage", "threshold", "version", "error"}
    assert first["threshold"] == pytest.approx(0.3)
    assert first["version"] == ServedModel(str(model)).version
    assert first["version"].startswith("0.")
    assert first["hemorrhage"] == int(first["probability"] >= 0.3)
    assert first["error"] == ""


@pytest.mark.parametrize("request_number", range(4), ids=["1 slice", "2 slices", "17 slices", "64 slices"])
def test_requests_of_all_sizes_get_the_scores_of_the_evaluated_model(
    served, model: Path, request_number: int
):
    images, replies = served
    expected = ServedModel(str(model)).score_images(images).probability
    got = [row["probability"] for row in replies[request_number]]
    assert len(got) == (1, 2, 17, 64)[request_number]
    np.testing.assert_allclose(got, expected[: len(got)], atol=1e-6)


def test_bad_bytes_get_an_error_of_their_own_and_fail_no_other(served):
    rows = served[1][4]
    assert [row["error"] for row in rows] == [
        "", *["not a PNG or JPEG image that can be decoded"] * 3, "",
    ]  # fmt: skip
    assert [row["hemorrhage"] for row in rows[1:4]] == [-1, -1, -1]
    assert all(np.isnan(row["probability"]) for row in rows[1:4])
    assert [rows[0]["probability"], rows[4]["probability"]] == pytest.approx(
        [row["probability"] for row in served[1][1]], abs=1e-6
    )
