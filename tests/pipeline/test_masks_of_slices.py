"""Which mask belongs to which slice."""

from pathlib import Path

import pytest

from pipeline.pushed.inputs import Input
from pipeline.pushed.maps_against_masks import mask_of

pytestmark = pytest.mark.numpy


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    for name in ("p1/a.png", "p1/S2/IM0001.png", "1.2.840.5.png", "b.png"):
        path = tmp_path / "masks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "masks"


@pytest.mark.parametrize(
    ("file", "frame", "mask"),
    [
        ("data/p1/a.png", None, "p1/a.png"),
        ("data/p1/a.jpg", None, "p1/a.png"),
        ("data/p2/a.png", None, None),
        ("data/p1/S2/IM0001", 0, "p1/S2/IM0001.png"),
        ("data/p1/S2/IM0001", 3, None),
        ("data/1.2.840.5", 0, "1.2.840.5.png"),
        ("data/1.2.840.5.dcm", 0, "1.2.840.5.png"),
        ("data/deep/b.png", None, "b.png"),
        ("elsewhere/b.png", None, "b.png"),
    ],
)
def test_a_mask_has_its_slices_relative_path_or_name(tmp_path: Path, masks: Path, file, frame, mask):
    (tmp_path / "data").mkdir()
    path = mask_of(Input(tmp_path / file, frame, "p"), [str(tmp_path / "data")], masks)
    assert path == (masks / mask if mask else None)
