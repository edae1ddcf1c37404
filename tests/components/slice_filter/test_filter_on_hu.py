"""SliceFilter on records whose channels are windows of HU."""

import io
import json
import math
from pathlib import Path

import apache_beam as beam
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from PIL import Image
from tfx.types.standard_artifacts import Examples

from components.artifacts import SliceReport
from components.imaging import windows
from components.slice_filter.component import SliceFilter
from components.slice_filter.params import FilterParams
from schemas import features
from schemas.records import SliceRecord

pytestmark = pytest.mark.tfx

SIDE = 128
AIR, FAT, BRAIN, BONE = -1000.0, -95.0, 35.0, 1100.0
PARAMS = FilterParams(
    enabled=True, min_brain_share=0.02, max_lost_hemorrhage_share=1.0, contact_sheet_slices=4
).to_json()


def head(brain: float, scalp: float, background: float = AIR) -> npt.NDArray[np.float64]:
    """HU of a round brain in 6 pixels of bone in fat; radii in pixels."""
    down, right = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + 0.5
    radius = np.hypot(down, right)
    return np.select(
        [radius < brain, radius < brain + 6 * (brain > 0), radius < scalp], [BRAIN, BONE, FAT], background
    )


def faint_couch() -> npt.NDArray[np.float64]:
    """Air, and three rows that just show in the brain window: in grey as dark as a slice without a window."""
    hu = np.full((SIDE, SIDE), AIR)
    hu[100:103] = 3
    return hu


def record(name: str, label: int, hu: npt.NDArray[np.float64]) -> SliceRecord:
    channels = windows.to_channels(hu, windows.parse(features.WINDOWS_EXAMPLE))
    file = io.BytesIO()
    Image.fromarray(channels).save(file, "PNG")
    return SliceRecord(
        image=file.getvalue(), image_format="png", height=SIDE, width=SIDE, channels=3, bit_depth=8,
        hemorrhage=label, slice_id=name, patient_id="p", split_key="k", windows=features.WINDOWS_EXAMPLE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, SliceRecord], Path]:
    """What is kept, by id, and the folder of the account."""
    folder = tmp_path_factory.mktemp("hu")
    examples, kept, report = Examples(), Examples(), SliceReport()
    examples.uri, kept.uri, report.uri = (str(folder / name) for name in ("examples", "kept", "report"))
    examples.splits = ["train"]
    source = Path(examples.path(split="train"))
    source.mkdir(parents=True)
    slices = [
        record("brain", 0, head(30, 50)),
        record("bleed", 1, head(40, 50)),
        record("fat alone", 0, head(0, 30)),
        record("water phantom", 0, head(30, 50, background=0.0)),
        record("bone everywhere", 0, np.full((SIDE, SIDE), BONE)),
        record("faint couch", 0, faint_couch()),
    ]
    with tf.io.TFRecordWriter(str(source / "data_tfrecord-00000-of-00001")) as writer:
        for one in slices:
            writer.write(one.to_example().SerializeToString())
    SliceFilter.test_call(
        examples=examples, filtered_examples=kept, report=report, params_json=PARAMS, code_fingerprint="0",
        beam_pipeline=beam.Pipeline(runner=FnApiRunner()),
    )  # fmt: skip
    files = [str(path) for path in Path(kept.path(split="train")).iterdir()]
    read = [
        SliceRecord.from_example(tf.train.Example.FromString(item.numpy()))
        for item in tf.data.TFRecordDataset(files)
    ]
    return {one.slice_id: one for one in read}, Path(report.uri)


def test_kept_slices_are_measured_on_their_hu(filtered):
    kept, _ = filtered
    assert set(kept) == {"brain", "bleed", "water phantom"}
    for name, radius in (("brain", 30), ("bleed", 40)):
        measures = kept[name].measures
        assert measures[features.BRAIN_SHARE] == pytest.approx(math.pi * radius**2 / SIDE**2, rel=0.02)
        assert measures[features.HEAD_SHARE] == pytest.approx(math.pi * 50**2 / SIDE**2, rel=0.02)
    assert kept["brain"].windows == features.WINDOWS_EXAMPLE


def test_nothing_is_taken_for_an_inverted_slice_or_a_grey_background(filtered):
    """In grey the first would be turned round and its bone become air; water would be background."""
    kept, report = filtered
    counts = json.loads((report / "filter.json").read_text())["counts"]["train"]["normal"]
    assert counts == {"keep": 2, "blank": 1, "dark": 0, "little_brain": 2, "unreadable": 0}
    assert kept["water phantom"].measures[features.HEAD_SHARE] == 1


def test_the_contact_sheet_shows_the_brain_window(filtered):
    _, report = filtered
    sheet = np.asarray(Image.open(report / "contact_sheet.png").convert("RGB"))
    brain = round(BRAIN / 80 * 255)
    shown = (sheet == brain).all(axis=-1).sum()
    # radii of the three kept slices; thumbnails are as large as the slices
    assert shown == pytest.approx(math.pi * (30**2 + 40**2 + 30**2), rel=0.05)
