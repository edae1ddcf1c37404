"""What is read from a run's artifacts, and what is said where they are missing."""

import io
import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from components.report.gathering import gather
from components.report.making import make
from components.report.records import fetch
from components.report.run_facts import Source
from schemas.accounts.report import Setting
from schemas.records import SliceRecord
from tests.components.report.made_facts import PARAMS, hexadecimal

pytestmark = pytest.mark.tfx


def png(level: int) -> bytes:
    encoded = io.BytesIO()
    Image.fromarray(np.full((40, 40), level, np.uint8)).save(encoded, "PNG")
    return encoded.getvalue()


def write(folder, images: dict[str, bytes]):
    (folder / "Split-val").mkdir(parents=True)
    with tf.io.TFRecordWriter(str(folder / "Split-val" / "data_tfrecord-00000-of-00001")) as writer:
        for name, image in images.items():
            record = SliceRecord(
                image=image, image_format="png", height=40, width=40, channels=1, bit_depth=8, hemorrhage=0,
                slice_id=name, patient_id="ab", split_key="cd",
            )  # fmt: skip
            writer.write(record.to_example().SerializeToString())


def source(folder, **properties) -> Source:
    return Source(1, "Model", "Trainer", str(folder), properties)


def test_slices_are_found_by_id_and_one_that_does_not_decode_has_no_picture(tmp_path):
    write(tmp_path, {hexadecimal(at): png(at) for at in range(5)} | {hexadecimal(9): b"no image"})
    found = fetch(str(tmp_path), {hexadecimal(3), hexadecimal(9), hexadecimal(77)})
    assert found.keys() == {hexadecimal(3), hexadecimal(9)}
    assert (found[hexadecimal(3)].grey == 3).all()
    assert found[hexadecimal(3)].encoded == png(3)
    assert found[hexadecimal(9)].grey is None


def test_what_a_search_found_stands_in_the_place_of_what_was_set(tmp_path):
    settings = [
        Setting(key="trainer.learning_rate", value=0.5, unit="", meaning="of Adam", default=0.5),
        Setting(key="trainer.epochs", value=3, unit="", meaning="", default=3),
    ]
    told = {
        "from": "tuner",
        "values": {"learning_rate": 0.001, "dropout": 0.5, "unfrozen_share": 1.0},
    }
    (tmp_path / "hyperparameters.json").write_text(json.dumps(told))
    facts = gather({"model_run": source(tmp_path)}, settings)
    assert facts.setting("trainer.learning_rate") == 0.001
    assert facts.setting("trainer.epochs") == 3
    (tmp_path / "hyperparameters.json").write_text(json.dumps({**told, "from": "settings"}))
    assert gather({"model_run": source(tmp_path)}, settings).setting("trainer.learning_rate") == 0.5


def test_a_blessing_and_a_push_are_read_from_their_properties(tmp_path):
    pushed = source(tmp_path, pushed=1, pushed_destination="/private/pushed/17")
    facts = gather({"blessing": source(tmp_path, blessed=1), "pushed_model": pushed}, [])
    assert (facts.blessed, facts.pushed) == (True, "17")
    refused = source(tmp_path, pushed=0)
    facts = gather({"blessing": source(tmp_path, blessed=0), "pushed_model": refused}, [])
    assert (facts.blessed, facts.pushed) == (False, "")


def test_of_nothing_a_report_says_that_there_is_nothing():
    made = make({}, [], PARAMS)
    assert json.loads(made.json)["verdict"]["title"] == "No verdict"
    assert "The run did not come to an evaluation." in made.page
