import logging
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from ingested import Ingested
from PIL import Image
from tfx.components.example_gen import base_example_gen_executor
from tfx.components.util import examples_utils
from tfx.proto import example_gen_pb2

from components.ingest.plan import NO_PATIENTS
from components.ingest.splits import split_of
from components.slices.errors import DataError
from schemas import features as f

pytestmark = pytest.mark.tfx

PATTERN = r"(?P<patient>P\d+)_"


@pytest.fixture
def patients(data_dir, draw):
    """Writes class folders of as many patients, each with a slice of both classes."""

    def write(first: int, last: int) -> Path:
        for patient in range(first, last):
            draw(data_dir / "hemorrhage" / f"P{patient}_1.png", 2 * patient)
            draw(data_dir / "normal" / f"P{patient}_2.png", 2 * patient + 1)
        return data_dir

    return write


@pytest.fixture
def params(params, fixed_key):
    return params.model_copy(update={"patient_pattern": PATTERN, "key_file": str(fixed_key)})


def test_every_slice_becomes_one_record_in_the_split_of_its_patient(patients, tmp_path, params, caplog):
    data_dir = patients(0, 24)
    with caplog.at_level(logging.INFO, "ichor.ingest"):
        done = Ingested(data_dir, tmp_path / "out", params)
    assert done.splits == ["train", "val", "test"]
    records = {split: done.records(split) for split in done.splits}
    every = [record for split in done.splits for record in records[split]]
    assert sorted(record.image for record in every) == sorted(p.read_bytes() for p in data_dir.rglob("*.png"))
    bleeding = {path.read_bytes() for path in (data_dir / "hemorrhage").iterdir()}
    assert all(record.hemorrhage == (record.image in bleeding) for record in every)
    assert {(r.image_format, r.height, r.width, r.channels, r.bit_depth) for r in every} == {
        ("png", 40, 40, 1, 8)
    }
    assert len(done.patients()) == 24
    assert len({record.slice_id for record in every}) == 48
    for split, rows in records.items():
        assert {record.patient_id for record in rows}.isdisjoint(
            record.patient_id for other in done.splits if other != split for record in records[other]
        )
        patients_there = len(rows) // 2
        assert done.summary["splits"][split] == {
            "slices": len(rows), "hemorrhage": patients_there, "normal": patients_there,
            "patients": patients_there,
        }  # fmt: skip
        line = f"{split}: {len(rows)} slices, {patients_there} hemorrhage, {patients_there} normal"
        assert f"{line}, of {patients_there} patients" in caplog.messages
    assert "rejected: 0 of 48 slices" in caplog.messages
    assert examples_utils.get_payload_format(done.examples) == example_gen_pb2.FORMAT_TF_EXAMPLE
    assert done.examples.get_int_custom_property("span") == 0


def test_records_lie_where_tfx_itself_would_partition_them(patients, tmp_path, params):
    done = Ingested(patients(0, 24), tmp_path / "out", params)
    config = example_gen_pb2.SplitConfig(partition_feature_name="split_key")
    for index, split in enumerate(["train", "val", "test"]):
        for data in done.raw(split):
            example = tf.train.Example.FromString(data)
            assert base_example_gen_executor._PartitionFn(example, 3, [4, 5, 6], config) == index
            (key,) = example.features.feature[f.SPLIT_KEY].bytes_list.value
            assert split_of(key.decode(), params) == split


def test_adding_patients_moves_nobody_and_another_seed_moves_some(patients, tmp_path, params):
    before = Ingested(patients(0, 24), tmp_path / "before", params).patients()
    after = Ingested(patients(24, 36), tmp_path / "after", params).patients()
    assert len(after) == 36
    assert before.items() <= after.items()
    reseeded = Ingested(patients(0, 0), tmp_path / "other", params.model_copy(update={"seed": 3})).patients()
    assert reseeded.keys() == after.keys()
    assert reseeded != after


def test_two_runs_write_the_same_bytes_in_as_many_files_as_asked_for(patients, tmp_path, params):
    data_dir = patients(0, 24)
    params = params.model_copy(update={"shards": 2, "test_buckets": 0})
    written = []
    for name in ("one", "two"):
        examples = Path(Ingested(data_dir, tmp_path / name, params).examples.uri)
        written.append(
            {str(p.relative_to(examples)): p.read_bytes() for p in examples.rglob("*") if p.is_file()}
        )
    assert written[0] == written[1]
    assert sorted(written[0]) == [
        f"Split-{split}/data_tfrecord-0000{number}-of-00002"
        for split in ("train", "val")
        for number in (0, 1)
    ]


def test_a_table_gives_place_and_attributes_and_no_name_is_written_anywhere(data_dir, draw, tmp_path, params):
    rows = ["file,hemorrhage,patient,slice,sex,age,name"]
    for number in range(30):
        draw(data_dir / "scans" / f"SMITH{number:03d}.png", number)
        rows.append(
            f"SMITH{number:03d}.png,{number % 2},JONES{number // 2},{number},F,47,MILLER{number // 2}"
        )
    draw(data_dir / "scans" / "SMITH999.png")
    (data_dir / "scans" / "SMITH029.png").write_bytes(b"")
    (data_dir / "labels.csv").write_text("\n".join(rows))
    done = Ingested(data_dir, tmp_path / "out", params)
    (record,) = [r for split in done.splits for r in done.records(split) if r.slice_index == 12]
    assert record.image == (data_dir / "scans/SMITH012.png").read_bytes()
    assert record.attributes == ("sex=F", "age=40-49")
    assert done.summary["slicing_columns"] == ["sex", "age"]
    assert list(done.summary["columns_left_out"]) == ["name"]
    assert (done.summary["found"], done.summary["read"], done.summary["unlisted"]) == (30, 29, 1)
    assert done.summary["rejected"] == {"empty": 1}
    assert done.examples.get_string_custom_property("ichor_warning") == (
        "images that the label table does not name were not read: 1"
    )
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert record.patient_id.encode() in written
    for name in (b"SMITH", b"JONES", b"MILLER"):
        assert name not in written


def test_colour_16_bits_and_jpeg_are_taken_as_they_are(patients, tmp_path, params):
    data_dir = patients(0, 24)
    noise = np.random.default_rng(7).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(data_dir / "normal/P0_3.png")
    Image.fromarray(noise[..., 0].astype(np.uint16) * 257).save(data_dir / "normal/P0_4.png")
    Image.fromarray(noise).save(data_dir / "normal/P0_5.jpg")
    done = Ingested(data_dir, tmp_path / "out", params)
    seen = {
        (r.image_format, r.channels, r.bit_depth): tf.io.decode_image(r.image, dtype=tf.uint16).shape
        for split in done.splits for r in done.records(split) if r.height == 50
    }  # fmt: skip
    assert seen == {
        ("png", 3, 8): (50, 60, 3), ("png", 1, 16): (50, 60, 1), ("jpeg", 3, 8): (50, 60, 3),
    }  # fmt: skip


def test_files_that_cannot_be_read_are_listed_with_a_reason_up_to_a_share(patients, tmp_path, params, caplog):
    data_dir = patients(0, 24)
    whole = (data_dir / "normal/P0_2.png").read_bytes()
    for name, data in [("3", whole[:-1]), ("4", whole[:100]), ("5", b""), ("6", b"text")]:
        (data_dir / f"normal/P0_{name}.png").write_bytes(data)
    with caplog.at_level(logging.INFO, "ichor.ingest"):
        done = Ingested(data_dir, tmp_path / "out", params.model_copy(update={"max_rejected_share": 4 / 52}))
    assert done.summary["rejected"] == {"truncated": 2, "empty": 1, "not_an_image": 1}
    assert (done.summary["found"], done.summary["read"]) == (52, 48)
    assert "rejected: 4 of 52 slices (2 truncated, 1 empty, 1 not_an_image)" in caplog.messages
    listed = done.rejections()
    assert sorted(row["reason"] for row in listed) == ["empty", "not_an_image", "truncated", "truncated"]
    read = {record.slice_id for split in done.splits for record in done.records(split)}
    assert {row["slice_id"] for row in listed}.isdisjoint(read)
    assert sorted(path.name for path in Path(done.report.uri).iterdir()) == ["ingest.json", "rejections.csv"]
    with pytest.raises(
        DataError,
        match=r"4 of 52 files cannot be read, 7\.7%, and 5\.0% are allowed: "
        r"2 truncated, 1 empty, 1 not_an_image; ",
    ) as stopped:
        Ingested(data_dir, tmp_path / "again", params)
    assert "P0_3" not in str(stopped.value)  # what a node raises goes into the log
    (kept,) = (tmp_path / "again").rglob("stopped-*/rejections.csv")
    assert f"{kept} has the id of each, and `ichor locate --data DIR ID` finds its file" in str(stopped.value)
    assert len(kept.read_text().splitlines()) == 1 + 4


def test_a_key_that_others_may_read_is_told_as_such(patients, tmp_path, params):
    Path(params.key_file).chmod(0o644)
    with pytest.raises(DataError, match="others may read it"):
        Ingested(patients(24, 24), tmp_path / "out", params)


def test_a_split_that_lacks_a_class_is_refused_before_and_after_reading(patients, tmp_path, params):
    with pytest.raises(DataError, match=r"3 splits need 3 patients of each class at least: add patients"):
        Ingested(patients(0, 2), tmp_path / "out", params)
    assert not (tmp_path / "out" / "examples").exists()
    data_dir = patients(2, 24)
    for path in (data_dir / "hemorrhage").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match=r"train has no hemorrhage slice, val has no hemorrhage slice"):
        Ingested(data_dir, tmp_path / "out", params.model_copy(update={"max_rejected_share": 0.5}))


def test_without_patients_copies_stay_in_one_split_and_the_warning_goes_along(patients, tmp_path, params):
    data_dir = patients(0, 40)
    for number in range(8):
        original = (data_dir / f"normal/P{number}_2.png").read_bytes()
        (data_dir / f"normal/copy of {number}.png").write_bytes(original)
    done = Ingested(data_dir, tmp_path / "out", params.model_copy(update={"patient_pattern": ""}))
    split_of_image: dict[bytes, set[str]] = {}
    for split in done.splits:
        for record in done.records(split):
            split_of_image.setdefault(record.image, set()).add(split)
    assert len(split_of_image) == 80
    assert {len(names) for names in split_of_image.values()} == {1}
    assert done.examples.get_string_custom_property("ichor_warning") == NO_PATIENTS
    assert done.summary["warnings"] == [NO_PATIENTS]
    assert done.summary["patients_from"] == "none"
