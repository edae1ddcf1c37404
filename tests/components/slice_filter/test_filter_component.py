"""SliceFilter through its public door, on a handful of real PNGs in real TFRecords."""

import io
import json
import logging
import math
import shutil
from pathlib import Path

import apache_beam as beam
import numpy as np
import pytest
import tensorflow as tf
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from PIL import Image
from tfx.types.standard_artifacts import Examples

from components.artifacts import SliceReport
from components.slice_filter import training_statistics
from components.slice_filter.component import FilterObjection, SliceFilter
from components.slice_filter.params import FilterParams
from schemas import features
from schemas.records import SliceRecord

pytestmark = pytest.mark.tfx

SIDE = 128
ACCOUNT = {"filter.json", "dropped.csv", "sweep.csv", "contact_sheet.png"}
# split, slice, label, radius of the brain in pixels (None for a file that does not decode)
SLICES = [
    ("train", "t-brain", 0, 40),
    ("train", "t-bleed", 1, 40),
    ("train", "t-tip", 0, 6),
    ("train", "t-blank", 0, 0),
    ("train", "t-broken", 0, None),
    ("val", "v-brain", 0, 30),
    ("val", "v-bleed", 1, 30),
    ("val", "v-tip-bleed", 1, 8),
]


def params(**changes) -> str:
    settings = {
        "enabled": True,
        "min_brain_share": 0.02,
        "max_lost_hemorrhage_share": 0.5,
        "contact_sheet_slices": 4,
    }
    return FilterParams(**{**settings, **changes}).to_json()


def png(radius: int | None) -> bytes:
    """A brain of `radius` in a skull of 12 pixels; 0 is an empty picture, None a truncated file."""
    down, right = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + 0.5
    distance = np.hypot(down, right)
    brain = 50 if radius is None else radius
    skull = brain + 12 if brain else 0
    picture = np.select([distance < brain, distance < skull], [120, 255], 0).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue() if radius is not None else file.getvalue()[:-60]


def record(name: str, label: int, radius: int | None) -> SliceRecord:
    return SliceRecord(
        image=png(radius), image_format="png", height=SIDE, width=SIDE, channels=1, bit_depth=8,
        hemorrhage=label, slice_id=name, patient_id="p", split_key="k", slice_index=3,
        attributes=("sex=F", "age=40-49"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> Examples:
    artifact = Examples()
    artifact.uri = str(tmp_path_factory.mktemp("examples"))
    artifact.splits = ["train", "val"]
    artifact.span = 7
    artifact.set_string_custom_property("payload_format", "FORMAT_TF_EXAMPLE")
    artifact.set_string_custom_property("ichor_warning", "split without patients")
    artifact.set_string_custom_property("input_fingerprint", "of the input files")
    for split in artifact.splits:
        path = Path(artifact.path(split=split))
        path.mkdir()
        with tf.io.TFRecordWriter(str(path / "data_tfrecord-00000-of-00001")) as writer:
            for of_split, *slice_ in SLICES:
                if of_split == split:
                    writer.write(record(*slice_).to_example().SerializeToString())
    return artifact


def run(examples: Examples, folder: Path, params_json: str) -> tuple[Examples, Path]:
    filtered, report = Examples(), SliceReport()
    filtered.uri, report.uri = str(folder / "filtered" / "1"), str(folder / "report" / "1")
    SliceFilter.test_call(
        examples=examples,
        filtered_examples=filtered,
        report=report,
        params_json=params_json,
        code_fingerprint="0",
        beam_pipeline=beam.Pipeline(runner=FnApiRunner()),
    )
    return filtered, Path(report.uri)


def read(filtered: Examples, split: str) -> dict[str, SliceRecord]:
    files = [str(path) for path in Path(filtered.path(split=split)).iterdir()]
    records = [
        SliceRecord.from_example(tf.train.Example.FromString(item.numpy()))
        for item in tf.data.TFRecordDataset(files)
    ]
    return {one.slice_id: one for one in records}


@pytest.fixture(scope="module")
def done(examples, tmp_path_factory):
    return run(examples, tmp_path_factory.mktemp("done"), params())


def test_slices_with_a_brain_go_on_and_the_others_do_not(done):
    filtered, _ = done
    assert set(read(filtered, "train")) == {"t-brain", "t-bleed"}
    assert set(read(filtered, "val")) == {"v-brain", "v-bleed"}


def test_kept_records_gain_their_measures_and_are_otherwise_untouched(done):
    filtered, _ = done
    kept = read(filtered, "train")["t-bleed"]
    before = record("t-bleed", 1, 40)
    for name in ("image", "height", "bit_depth", "hemorrhage", "patient_id", "slice_index", "attributes"):
        assert getattr(kept, name) == getattr(before, name)
    assert set(kept.measures) == set(features.MEASURES)
    assert kept.measures[features.BRAIN_SHARE] == pytest.approx(math.pi * 40**2 / SIDE**2, rel=0.01)
    assert kept.measures[features.HEAD_SHARE] == pytest.approx(math.pi * 52**2 / SIDE**2, rel=0.01)


def test_what_is_added_to_a_record_has_the_same_bytes_whoever_writes_it(done):
    filtered, _ = done
    files = [str(path) for path in Path(filtered.path(split="train")).iterdir()]
    before = len(record("t-bleed", 1, 40).to_example().SerializeToString())
    (kept,) = (one for one in tf.data.TFRecordDataset(files).as_numpy_iterator() if b"t-bleed" in one)
    added = tf.train.Example.FromString(kept[before:])
    assert len(added.features.feature) == len(features.MEASURES)
    assert kept[before:] == added.SerializeToString(deterministic=True)


def test_tensorflow_parses_the_records_by_name(done):
    filtered, _ = done
    (file,) = Path(filtered.path(split="val")).iterdir()
    serialized = list(tf.data.TFRecordDataset(str(file)))
    columns = {
        features.LABEL: tf.io.FixedLenFeature([], tf.int64),
        features.IMAGE: tf.io.FixedLenFeature([], tf.string),
        **{name: tf.io.FixedLenFeature([], tf.float32) for name in features.MEASURES},
    }
    parsed = tf.io.parse_example(serialized, columns)
    np.testing.assert_allclose(parsed[features.BRAIN_SHARE], math.pi * 30**2 / SIDE**2, rtol=0.01)


def test_splits_span_payload_and_warnings_are_carried_over(done):
    filtered, report = done
    assert filtered.splits == ["train", "val"]
    assert filtered.span == 7
    assert filtered.get_string_custom_property("payload_format") == "FORMAT_TF_EXAMPLE"
    assert filtered.get_string_custom_property("ichor_warning") == "split without patients"
    account = json.loads((report / "filter.json").read_text())
    assert account["warnings"] == ["split without patients"]
    assert not filtered.has_custom_property("input_fingerprint")


def test_files_are_named_as_example_gen_names_them_and_not_compressed(done):
    filtered, _ = done
    (file,) = Path(filtered.path(split="train")).iterdir()
    assert file.name.startswith("data_tfrecord-00000-of-")
    assert png(40) in file.read_bytes()


def test_every_slice_is_accounted_for_with_its_reason(done):
    _, report = done
    assert {path.name for path in report.iterdir()} == ACCOUNT
    account = json.loads((report / "filter.json").read_text())
    assert account["counts"]["train"]["normal"] == {
        "keep": 1, "blank": 1, "dark": 0, "little_brain": 1, "unreadable": 1,
    }  # fmt: skip
    assert account["counts"]["val"]["hemorrhage"]["little_brain"] == 1
    assert account["totals"]["read"] == len(SLICES)
    assert account["unreadable"] == {"damaged or truncated": 1}
    assert Image.open(report / "contact_sheet.png").format == "PNG"


def test_statistics_of_all_readable_slices_of_the_train_split_lie_beside_the_splits(done):
    filtered, _ = done
    told = training_statistics.read((Path(filtered.uri) / features.BASELINE_FILE).read_bytes())
    of = training_statistics.features_of(told)
    reasons = {one.value: one.frequency for one in of[features.FILTER_REASON].string_stats.top_values}
    assert reasons == {"keep": 2, "blank": 1, "little_brain": 1}
    assert told.datasets[0].num_examples == 4
    share = math.pi * 40**2 / SIDE**2  # of both that are kept
    assert of[features.BRAIN_SHARE].num_stats.mean == pytest.approx(share, rel=0.01)
    assert of[features.HEIGHT].num_stats.common_stats.num_non_missing == 4
    assert training_statistics.min_brain_share_of(told) == 0.02


def test_the_statistics_name_no_slice_no_label_and_no_attribute(done):
    filtered, _ = done
    content = (Path(filtered.uri) / features.BASELINE_FILE).read_bytes()
    for text in (b"t-brain", b"t-bleed", b"sex=F", b"hemorrhage", b"patient_id", b"slice_id"):
        assert text not in content


def test_losing_hemorrhages_stops_the_run_and_leaves_the_account_to_look_at(examples, tmp_path, caplog):
    with (
        caplog.at_level(logging.INFO, logger="ichor.filter"),
        pytest.raises(FilterObjection) as raised,
    ):
        run(examples, tmp_path, params(max_lost_hemorrhage_share=0.01))
    message = str(raised.value)
    assert "would drop 1 of 3 hemorrhage slices (33.3%: 1 little_brain)" in message
    assert "lower filter.min_brain_share from 0.02 to 0.01 or less" in message
    assert "filter.enabled = false" in message
    shutil.rmtree(tmp_path / "report" / "1")  # as TFX does to the outputs of a node that failed
    folder = Path(message.rpartition("Account and contact sheet: ")[2])
    assert {path.name for path in folder.iterdir()} == ACCOUNT
    assert caplog.messages == [
        "train: 5 read, 2 kept (1 normal + 1 hemorrhage), dropped: 1 blank, 1 little_brain, 1 unreadable",
        "val: 3 read, 2 kept (1 normal + 1 hemorrhage), dropped: 1 little_brain",
        "unreadable, damaged or truncated: 1",
    ]


def test_switched_off_keeps_all_that_can_be_read(examples, tmp_path):
    filtered, _ = run(examples, tmp_path, params(enabled=False, max_lost_hemorrhage_share=0.0))
    assert set(read(filtered, "train")) == {"t-brain", "t-bleed", "t-tip", "t-blank"}
    assert read(filtered, "train")["t-blank"].measures[features.BRAIN_SHARE] == 0
    assert set(read(filtered, "val")) == {"v-brain", "v-bleed", "v-tip-bleed"}
