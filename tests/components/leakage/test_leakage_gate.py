"""LeakageGate through its public door, on phantoms' slices in real TFRecords."""

import io
import json
import logging
import shutil
from pathlib import Path

import apache_beam as beam
import numpy as np
import pytest
import tensorflow as tf
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from PIL import Image
from tfx.types.standard_artifacts import Examples

from components.artifacts import LeakageReport
from components.imaging.intensity import BRAIN_WINDOW, to_grey
from components.imaging.windows import parse, to_channels
from components.leakage.component import LeakageError, LeakageGate
from components.leakage.params import LeakageParams
from schemas import features
from schemas.records import SliceRecord

pytestmark = pytest.mark.tfx

FILES = {"leakage.json", "slices.csv", "pairs.png"}


def params(**changes) -> str:
    settings = {
        "action": "fail",
        "max_hash_distance": 16,
        "min_correlation": 0.85,
        "max_dropped_share": 0.5,
        "example_pairs": 8,
    }
    return LeakageParams(**{**settings, **changes}).to_json()


def write(folder: Path, records: dict[str, list[SliceRecord]]) -> Examples:
    artifact = Examples()
    artifact.uri = str(folder / "filtered" / "1")
    artifact.splits = list(records)
    artifact.span = 7
    artifact.set_string_custom_property("payload_format", "FORMAT_TF_EXAMPLE")
    artifact.set_string_custom_property(features.WARNING_PROPERTY, "an earlier warning")
    for split, of_split in records.items():
        path = Path(artifact.path(split=split))
        path.mkdir(parents=True)
        with tf.io.TFRecordWriter(str(path / "data_tfrecord-00000-of-00001")) as writer:
            for one in of_split:
                writer.write(one.to_example().SerializeToString())
    return artifact


def run(folder: Path, records: dict[str, list[SliceRecord]], **changes) -> tuple[Examples, Examples, Path]:
    examples, checked, report = write(folder, records), Examples(), LeakageReport()
    checked.uri, report.uri = str(folder / "checked" / "1"), str(folder / "report" / "1")
    LeakageGate.test_call(
        examples=examples,
        checked_examples=checked,
        report=report,
        params_json=params(**changes),
        code_fingerprint="0",
        beam_pipeline=beam.Pipeline(runner=FnApiRunner()),
    )
    return examples, checked, Path(report.uri)


def file_of(artifact: Examples, split: str) -> Path:
    (file,) = Path(artifact.path(split=split)).iterdir()
    return file


def raw(artifact: Examples, split: str) -> list[bytes]:
    return list(tf.data.TFRecordDataset(str(file_of(artifact, split))).as_numpy_iterator())


def test_clean_splits_go_on_as_the_same_files_and_the_report_says_so(made, tmp_path):
    examples, checked, report = run(tmp_path, made.CLEAN)
    for split in made.SPLITS:
        assert file_of(checked, split).samefile(file_of(examples, split))
    assert {path.name for path in report.iterdir()} == FILES
    account = json.loads((report / "leakage.json").read_text())
    assert [found["groups"] for found in account["findings"].values()] == [0, 0, 0, 0]
    assert account["splits"]["train"] == {"slices": 12, "patients": 3, "pictures": 12}
    assert account["compared"] == {"likeness": 20, "pixels_only": 0, "nothing": 0}


def test_splits_span_payload_and_warnings_are_carried_over(made, tmp_path):
    _, checked, _ = run(tmp_path, made.CLEAN)
    assert checked.splits == list(made.SPLITS)
    assert checked.span == 7
    assert checked.get_string_custom_property("payload_format") == "FORMAT_TF_EXAMPLE"
    assert checked.get_string_custom_property(features.WARNING_PROPERTY) == "an earlier warning"


SAID = [
    "1 patient is in two splits (slices: 5 train, 1 val)",
    "1 picture is in two splits (slices: 1 train, 1 test)",
    "1 group of slices looks alike across splits (slices: 1 train, 1 test)",
    "1 picture has both labels (slices: 2 train)",
]


def test_each_kind_of_leak_stops_the_run_and_the_report_stays(made, tmp_path, caplog):
    with caplog.at_level(logging.INFO, "ichor.leakage"), pytest.raises(LeakageError) as raised:
        run(tmp_path, made.leaky())
    message = str(raised.value)
    assert message.startswith(f"the splits leak: {'; '.join(SAID)}\n")
    assert "leakage.action = drop" in message
    assert caplog.messages == SAID
    shutil.rmtree(tmp_path / "report" / "1")  # as TFX does to the outputs of a node that failed
    kept = tmp_path / "report" / "stopped-1"
    assert str(kept) in message
    assert {path.name for path in kept.iterdir()} == FILES
    pairs = json.loads((kept / "leakage.json").read_text())["pairs"]
    named = {pair["finding"]: {one["slice_id"] for one in pair["slices"]} for pair in pairs}
    assert "again" in named["patient_in_two_splits"]
    assert named["identical_across_splits"] == {"p0s0", "copy"}
    assert named["alike_across_splits"] == {"p1s1", "anew"}
    assert named["conflicting_labels"] == {"p2s3", "other"}


def test_drop_leaves_the_training_copies_out_and_touches_nothing_else(made, tmp_path, caplog):
    with caplog.at_level(logging.INFO, "ichor.leakage"):
        examples, checked, report = run(tmp_path, made.leaky(), action="drop", max_dropped_share=0.6)
    kept = [each for each in raw(checked, "train") if each in set(raw(examples, "train"))]
    names = [SliceRecord.from_example(tf.train.Example.FromString(each)).slice_id for each in kept]
    assert names == ["p0s1", "p0s2", "p0s3", "p1s0", "p1s2", "p1s3"]
    assert len(raw(checked, "train")) == 6
    for split in ("val", "test"):
        assert file_of(checked, split).samefile(file_of(examples, split))
    account = json.loads((report / "leakage.json").read_text())
    assert account["dropped"]["train"] == {
        "patient_in_two_splits": 5, "identical_across_splits": 1, "alike_across_splits": 1,
        "conflicting_labels": 0,
    }  # fmt: skip
    assert caplog.messages[-1] == (
        "dropped: 7 of train (5 patient_in_two_splits, 1 identical_across_splits, 1 alike_across_splits)"
    )


def test_drop_stops_where_too_much_would_go(made, tmp_path):
    with pytest.raises(LeakageError, match=r"would leave out 7 of 13 train slices \(53\.8%\)"):
        run(tmp_path, made.leaky(), action="drop", max_dropped_share=0.1)
    assert (tmp_path / "report" / "stopped-1" / "slices.csv").is_file()


def test_warn_goes_on_with_all_slices_and_says_so_to_every_later_reader(made, tmp_path):
    examples, checked, report = run(tmp_path, made.leaky(), action="warn")
    for split in made.SPLITS:
        assert file_of(checked, split).samefile(file_of(examples, split))
    warnings = [f"leakage: {said}; metrics may be flattered" for said in SAID]
    assert json.loads((report / "leakage.json").read_text())["warnings"] == warnings
    assert checked.get_string_custom_property(features.WARNING_PROPERTY).splitlines() == [
        "an earlier warning",
        *warnings,
    ]


def test_equal_pixels_are_found_in_other_files_and_in_the_brain_window_of_dicom(made, tmp_path):
    jpeg = made.encoded(to_grey(made.hu_of(5)[0], BRAIN_WINDOW), "JPEG", quality=95)
    as_jpeg = made.record(5, 0, slice_id="as-jpeg", image=jpeg, image_format="jpeg")
    as_png = made.record(
        6, 0, slice_id="as-png", image=made.encoded(np.asarray(Image.open(io.BytesIO(jpeg))))
    )
    windows = to_channels(made.hu_of(7)[1], parse(features.WINDOWS_EXAMPLE))
    of_dicom = made.record(7, 1, slice_id="of-dicom", image=made.encoded(windows), channels=3,
                      windows=features.WINDOWS_EXAMPLE)  # fmt: skip
    exported = made.record(7, 1, slice_id="exported", patient_id="q7")
    _, _, report = run(
        tmp_path, made.with_more(train=[as_jpeg, of_dicom], test=[as_png, exported]), action="warn"
    )
    account = json.loads((report / "leakage.json").read_text())
    pairs = [pair for pair in account["pairs"] if pair["finding"] == "identical_across_splits"]
    named = {frozenset(one["slice_id"] for one in pair["slices"]) for pair in pairs}
    assert named == {frozenset({"as-jpeg", "as-png"}), frozenset({"of-dicom", "exported"})}
    assert not any(pair["same_file"] for pair in pairs)


def test_empty_slices_and_couches_are_in_all_splits_and_leak_nothing(made, tmp_path):
    empty = np.zeros((made.SIDE, made.SIDE), np.uint8)
    headless = {**made.MEASURES, features.HEAD_SHARE: 0.002}

    def of_a_patient(name: str, pixels: np.ndarray) -> SliceRecord:
        image = made.encoded(pixels)
        return made.record(8, 0, slice_id=name, patient_id=name, image=image, measures=headless)

    def couch(noise: int) -> np.ndarray:
        pixels = np.random.default_rng(noise).integers(0, 3, empty.shape, np.uint8)
        pixels[100:110, 10:-10] += np.arange(made.SIDE - 20, dtype=np.uint8)
        return pixels

    more = {
        split: [of_a_patient(f"{split}-empty", empty), of_a_patient(f"{split}-couch", couch(place))]
        for place, split in enumerate(made.SPLITS)
    }
    _, _, report = run(tmp_path, made.with_more(**more))
    account = json.loads((report / "leakage.json").read_text())
    assert account["compared"] == {"likeness": 20, "pixels_only": 3, "nothing": 3}


def test_a_slice_that_does_not_decode_is_named_by_its_hash(made, tmp_path):
    broken = made.record(5, 0, slice_id="broken", image=made.record(5, 0).image[:-60])
    with pytest.raises(Exception, match="slice broken: damaged or truncated; LeakageGate reads what"):
        run(tmp_path, made.with_more(val=[broken]))
