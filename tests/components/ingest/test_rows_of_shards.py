"""Rows on their way to workers: all of them arrive, they are read by their own job alone, and say nothing."""

from pathlib import Path

import pytest

from components.ingest.rows import DamagedRows, HashedSlice, read_rows, write_rows

pytestmark = pytest.mark.tfx

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def row(path: str, frame: int | None = None) -> HashedSlice:
    return HashedSlice(
        path=path, hemorrhage=1, slice_id="a", file_id="b", patient_id="c", split_key="d", split="train",
        slice_index=None, attributes=("age=50", "sex=f"), frame=frame,
    )  # fmt: skip


ROWS = (row("Müller_1.png"), row("miller\udcff.png"), row("series.dcm", frame=7))


def test_all_of_every_row_arrives_whatever_its_file_is_called(tmp_path: Path):
    file = str(tmp_path / "rows")
    write_rows(ROWS, file, KEY)
    assert read_rows(file, KEY) == ROWS


def test_a_shard_without_rows_arrives(tmp_path: Path):
    write_rows((), str(tmp_path / "rows"), KEY)
    assert read_rows(str(tmp_path / "rows"), KEY) == ()


def test_the_file_says_no_name_and_nothing_that_repeats(tmp_path: Path):
    for name in ("one", "two"):
        write_rows(ROWS * 50, str(tmp_path / name), KEY)
    one, two = ((tmp_path / name).read_bytes() for name in ("one", "two"))
    assert b"ller" not in one
    assert b"series.dcm" not in one
    # As random bytes have it, 1 of 256 is equal: the stream of another file is not used again.
    assert sum(a == b for a, b in zip(one, two, strict=True)) < len(one) / 64
    assert len(set(one)) > 250


@pytest.mark.parametrize("change", ["key", "byte", "place", "cut"])
def test_a_file_that_is_not_this_jobs_is_refused(tmp_path: Path, change: str):
    file = tmp_path / "rows"
    write_rows(ROWS, str(file), KEY)
    key = OTHER_KEY if change == "key" else KEY
    content = file.read_bytes()
    if change == "byte":
        file.write_bytes(content[:5] + bytes([content[5] ^ 1]) + content[6:])
    elif change == "cut":
        file.write_bytes(content[:10])
    elif change == "place":
        file = file.rename(tmp_path / "elsewhere")
    size = file.stat().st_size
    with pytest.raises(DamagedRows) as error:
        read_rows(str(file), key)
    assert str(error.value) == (
        f"{file}: expected the rows that this run wrote, got {size} bytes of something else; run again, and "
        "let no two runs write to the same output folder"
    )
