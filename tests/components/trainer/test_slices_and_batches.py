"""What the model is fed: every slice once an epoch, in an order and shape that only the seed decides."""

import dataclasses
import io
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from PIL import Image

from components.trainer import batches, slices
from components.trainer.slices import Slices

pytestmark = pytest.mark.tf

NO_AUGMENTATION = {
    "flip": False,
    "rotation_degrees": 0.0,
    "shift_share": 0.0,
    "zoom_share": 0.0,
    "brightness_share": 0.0,
}


def numbered(count: int) -> Slices:
    """Slices of one pixel whose grey value is their number; the last quarter has a bleed."""
    pixels = np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1)
    return Slices(pixels, (np.arange(count) >= count * 3 // 4).astype(np.float32))


def numbers(data: tf.data.Dataset) -> list[npt.NDArray[np.int64]]:
    return [np.round(pixels * 255).astype(np.int64).ravel() for pixels, *_ in data.as_numpy_iterator()]


def load(inputs: Path, cache_megabytes: int, cache_dir: Path) -> dict[str, Slices]:
    transform = tft.TFTransformOutput(str(inputs / "graph")).transform_features_layer()
    patterns = {split: [f"{inputs}/Split-{split}/*"] for split in ("train", "val")}
    return slices.load(patterns, transform, (64, 64, 1), cache_megabytes, cache_dir)


def test_slices_are_the_pictures_in_the_order_of_their_ids(made: ModuleType, inputs: Path, tmp_path: Path):
    loaded = load(inputs, 100, tmp_path)["val"]
    records = sorted(made.records(made.VAL, 1), key=lambda record: record.slice_id)
    assert [record.slice_id for record in records[:3]] == ["s0", "s1", "s10"]  # not as they were written
    pictures = [np.asarray(Image.open(io.BytesIO(record.image))) for record in records]
    np.testing.assert_array_equal(loaded.pixels[..., 0], pictures)  # their side is the model's: no resizing
    np.testing.assert_array_equal(loaded.targets, [record.hemorrhage for record in records])


@pytest.mark.parametrize("cache_megabytes", [100, 0])
def test_neither_the_number_nor_the_order_of_shards_changes_the_slices(
    made: ModuleType, inputs: Path, tmp_path: Path, cache_megabytes: int
):
    records = made.records(made.VAL, 1)
    halves = {"two": (records[:9], records[9:]), "swapped": (records[9:], records[:9])}
    for name, (first, second) in halves.items():
        made.write_split(tmp_path / name, "val", first, "00000-of-00002")
        made.write_split(tmp_path / name, "val", second, "00001-of-00002")
    transform = tft.TFTransformOutput(str(inputs / "graph")).transform_features_layer()
    whole, halved, swapped = (
        slices.load(
            {"val": [f"{folder}/Split-val/*"]}, transform, (64, 64, 1), cache_megabytes, tmp_path / name
        )["val"]
        for name, folder in [("a", inputs), ("b", tmp_path / "two"), ("c", tmp_path / "swapped")]
    )
    for other in (halved, swapped):
        np.testing.assert_array_equal(other.pixels, whole.pixels)
        np.testing.assert_array_equal(other.targets, whole.targets)


def test_slices_beyond_the_memory_limit_are_on_disk_and_the_same(inputs: Path, tmp_path: Path):
    in_memory, on_disk = load(inputs, 100, tmp_path / "unused"), load(inputs, 0, tmp_path / "used")
    assert not (tmp_path / "unused").exists()
    for split in ("train", "val"):
        assert (tmp_path / "used" / f"{split}.u8").stat().st_size == len(on_disk[split]) * 64 * 64
        np.testing.assert_array_equal(in_memory[split].pixels, on_disk[split].pixels)


def test_a_split_without_slices_is_refused_with_the_way_out(made: ModuleType, inputs: Path, tmp_path: Path):
    made.write_split(tmp_path, "val", [])
    with pytest.raises(ValueError, match=r"split val holds no slice.*ingest\.val_buckets"):
        slices.load({"val": [f"{tmp_path}/Split-val/*"]}, dict, (64, 64, 1), 100, tmp_path)
    with pytest.raises(ValueError, match="no record file of split val matches"):
        slices.load({"val": [f"{tmp_path}/nowhere/*"]}, dict, (64, 64, 1), 100, tmp_path)


def test_an_epoch_holds_each_slice_once_in_batches_of_nearly_one_size(made: ModuleType):
    params = made.params(batch_size=8, **NO_AUGMENTATION)
    seen = numbers(batches.training(numbered(33), (1.0, 1.0), params, epoch=1))
    assert sorted(len(batch) for batch in seen) == [6, 6, 7, 7, 7]  # and not 8, 8, 8, 8, 1
    assert sorted(np.concatenate(seen)) == list(range(33))


def test_the_order_is_a_function_of_seed_and_epoch(made: ModuleType):
    def order(seed: int, epoch: int) -> list[int]:
        params = made.params(seed=seed, **NO_AUGMENTATION)
        return np.concatenate(numbers(batches.training(numbered(64), (1.0, 1.0), params, epoch))).tolist()

    assert order(1, 1) == order(1, 1)
    assert order(1, 1) != order(1, 2)
    assert order(1, 1) != order(2, 1)


def test_augmentation_is_a_function_of_seed_and_epoch(made: ModuleType):
    picture = np.arange(64, dtype=np.uint8).reshape(1, 8, 8, 1)
    single = Slices(picture, np.zeros(1, np.float32))

    def augmented(seed: int, epoch: int) -> npt.NDArray[np.float32]:
        params = made.params(seed=seed, rotation_degrees=45.0)
        ((pixels, *_),) = batches.training(single, (1.0, 1.0), params, epoch).as_numpy_iterator()
        return pixels

    np.testing.assert_array_equal(augmented(1, 1), augmented(1, 1))
    assert np.abs(augmented(1, 1) - augmented(1, 2)).max() > 0.01
    assert np.abs(augmented(1, 1) - augmented(2, 1)).max() > 0.01


def test_validation_is_in_order_and_is_not_augmented():
    seen = numbers(batches.in_order(numbered(10), batch_size=4))
    assert np.concatenate(seen).tolist() == list(range(10))


def test_a_sample_is_spread_over_the_whole_split():
    seen = np.concatenate(numbers(batches.in_order(numbered(101), batch_size=4, at_most=5)))
    assert seen.tolist() == [0, 25, 50, 75, 100]


def test_balanced_weights_by_hand():
    targets = np.array([0, 0, 0, 1], np.float32)
    assert batches.class_weights(targets, "balanced") == (4 / 6, 4 / 2)
    assert batches.class_weights(targets, "none") == (1.0, 1.0)


def test_balanced_weights_of_a_single_class_are_refused():
    with pytest.raises(ValueError, match="split train has 3 normal and 0 hemorrhage slices"):
        batches.class_weights(np.zeros(3, np.float32), "balanced")


def test_each_slice_carries_the_weight_of_its_class(made: ModuleType):
    data = batches.training(numbered(16), (0.5, 3.0), made.params(), epoch=1)
    targets, weights = (
        np.concatenate(arrays) for arrays in list(zip(*data.as_numpy_iterator(), strict=True))[1:]
    )
    assert targets.sum() == 4
    np.testing.assert_array_equal(weights, np.where(targets == 1, 3.0, 0.5))


def test_slices_say_which_windows_they_show_and_must_all_say_the_same(made: ModuleType, tmp_path: Path):
    grey, windowed = made.records(2, 1)
    shown = dataclasses.replace(windowed, windows="40/80")
    for name, records in (("grey", [grey]), ("hu", [shown]), ("mixed", [grey, shown])):
        with tf.io.TFRecordWriter(str(tmp_path / name)) as writer:
            for record in records:
                writer.write(record.to_example().SerializeToString())
    assert slices.windows_of([str(tmp_path / "grey")], "train") == ""
    assert slices.windows_of([str(tmp_path / "hu")], "train") == "40/80"
    with pytest.raises(ValueError, match=r"train show different windows of HU: \['', '40/80'\]"):
        slices.windows_of([str(tmp_path / "mixed")], "train")
