import os

import pytest

from components.ingest.contents import fingerprint
from components.ingest.plan import plan

pytestmark = pytest.mark.numpy

KEY = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def now(data_dir, draw, params):
    """Fingerprints a folder of four slices, as often as it is called."""
    for number in range(4):
        draw(data_dir / ("normal" if number < 2 else "bleed") / f"P{number}_1.png", number)
    return lambda key=KEY, **changes: fingerprint(
        data_dir, plan(data_dir, params.model_copy(update=changes)), key
    )


def test_times_other_files_and_hidden_ones_do_not_matter(now, data_dir):
    before = now()
    os.utime(data_dir / "normal/P0_1.png", (0, 0))
    (data_dir / "README.txt").write_text("read me")
    (data_dir / "normal/.DS_Store").touch()
    assert now() == before


def test_the_place_of_the_folder_does_not_matter(now, data_dir, params):
    before = now()
    moved = data_dir.rename(data_dir.with_name("moved"))
    assert fingerprint(moved, plan(moved, params), KEY) == before


def test_an_image_moved_to_the_other_class_matters(now, data_dir):
    before = now()
    (data_dir / "normal/P0_1.png").rename(data_dir / "bleed/P0_1.png")
    assert now() != before


def test_contents_names_patients_and_the_key_matter(now, data_dir, draw):
    seen = {now(), now(key=KEY[::-1]), now(patient_pattern=r"(?P<patient>P\d)_")}
    draw(data_dir / "normal/P0_1.png", 9)
    seen.add(now())
    (data_dir / "normal/P0_1.png").rename(data_dir / "normal/P0_2.png")
    seen.add(now())
    draw(data_dir / "normal/P5_1.png", 5)
    seen.add(now())
    assert len(seen) == 6


def test_a_label_an_index_and_an_attribute_in_the_table_matter(now, data_dir):
    table = "file,hemorrhage,slice,sex\nP0_1.png,{},{},{}\nP1_1.png,0,2,F\nP2_1.png,1,3,F\n"
    seen = set()
    for row in [(0, 1, "F"), (1, 1, "F"), (0, 4, "F"), (0, 1, "M")]:
        (data_dir / "labels.csv").write_text(table.format(*row))
        seen.add(now())
    assert len(seen) == 4
