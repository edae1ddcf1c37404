"""A zip archive is read as if it were a folder, and what is wrong in one has a reason."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from components.slices import containers
from components.slices.errors import DataError
from components.slices.files import is_file, open_regular, stamp_of
from components.slices.formats import read_slice
from components.slices.header import Reason, Rejection
from components.slices.scan import look_below

pytestmark = pytest.mark.numpy


def png(grey: int = 7) -> bytes:
    file = io.BytesIO()
    Image.new("L", (40, 40), grey).save(file, "PNG")
    return file.getvalue()


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def changed(path: Path, signature: bytes, offset: int, value: bytes) -> None:
    """Writes into the last header of a kind, so many bytes behind where it begins."""
    data = bytearray(path.read_bytes())
    at = data.rindex(signature) + offset
    data[at : at + len(value)] = value
    path.write_bytes(data)


CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"


def test_files_in_an_archive_are_listed_and_read_as_in_a_folder(tmp_path, params):
    members = {"a/2.png": png(2), "1.png": png(1), ".hidden.png": png(), "__MACOSX/._1.png": b"x"}
    zipped(tmp_path / "study.ZIP", members)
    (tmp_path / "0.png").write_bytes(png(1))
    assert look_below(tmp_path).files == ["0.png", "study.ZIP/1.png", "study.ZIP/a/2.png"]
    assert look_below(tmp_path / "study.ZIP").files == ["1.png", "a/2.png"]
    inside = read_slice(tmp_path / "study.ZIP" / "1.png", None, params)
    assert inside == read_slice(tmp_path / "0.png", None, params)
    assert not isinstance(inside, Rejection)


def test_a_file_in_an_archive_is_no_file_of_the_system_and_yet_one_to_open(tmp_path):
    archive = zipped(tmp_path / "study.zip", {"a/1.png": png()})
    assert is_file(archive / "a" / "1.png")
    assert not is_file(archive / "a")
    assert not is_file(archive / "b.png")
    with open_regular(archive / "a" / "1.png") as file:
        assert file.read() == png()
    assert list(tmp_path.iterdir()) == [archive]  # nothing was unpacked
    with pytest.raises(FileNotFoundError):
        open_regular(archive / "b.png")


def test_a_file_below_a_file_that_is_no_archive_cannot_be_opened(tmp_path):
    (tmp_path / "1.png").write_bytes(png())
    with pytest.raises(NotADirectoryError):
        open_regular(tmp_path / "1.png" / "2.png")


def test_an_archive_that_changed_is_read_anew(tmp_path):
    archive = zipped(tmp_path / "study.zip", {"1.png": png()})
    before = stamp_of(archive / "1.png")
    assert look_below(tmp_path).files == ["study.zip/1.png"]
    zipped(archive, {"1.png": png(200), "2.png": png(3)})
    assert stamp_of(archive / "1.png") != before
    assert look_below(tmp_path).files == ["study.zip/1.png", "study.zip/2.png"]
    with open_regular(archive / "1.png") as file:
        assert file.read() == png(200)


@pytest.mark.parametrize("name", ["../1.png", "a/../../1.png", "/etc/passwd", "a\\..\\1.png"])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    zipped(tmp_path / "study.zip", {name: png(), "ok.png": png()})
    found = look_below(tmp_path)
    assert found.files == ["study.zip/ok.png"]
    (why,) = found.unlisted.values()
    assert why == Rejection(Reason.CORRUPT, "a name that leads out of its zip archive")


def test_an_archive_within_an_archive_a_link_and_an_encrypted_file_are_refused(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"1.png": png()}).read_bytes()
    (tmp_path / "inner.zip").unlink()
    archive = tmp_path / "study.zip"
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("inner.zip", inner)
        file.writestr(link, "/etc/passwd")
        file.writestr("secret.png", png())
    changed(archive, CENTRAL, 8, b"\x01\x00")  # flag bit 0: encrypted
    found = look_below(tmp_path)
    assert found.files == []
    assert found.unlisted == {
        "study.zip/inner.zip": Rejection(Reason.UNSUPPORTED_CODING, "an archive within an archive"),
        "study.zip/link.png": Rejection(Reason.UNREADABLE_FILE, "a link or device in a zip archive"),
        "study.zip/secret.png": Rejection(Reason.UNSUPPORTED_CODING, "encrypted in its zip archive"),
    }


def test_a_method_that_inflates_without_a_bound_is_refused(tmp_path):
    zipped(tmp_path / "study.zip", {"1.png": png()}, zipfile.ZIP_LZMA)
    (why,) = look_below(tmp_path).unlisted.values()
    assert why == Rejection(Reason.UNSUPPORTED_CODING, "zip method 14")


def test_a_damaged_file_in_an_archive_is_refused_and_the_others_are_read(tmp_path, params):
    archive = zipped(tmp_path / "study.zip", {"good.png": png(), "bad.png": png()}, zipfile.ZIP_STORED)
    changed(archive, LOCAL, 60, b"\xff\xff\xff\xff")  # within the bytes of bad.png
    told = Rejection(Reason.UNREADABLE_FILE, "a damaged file in a zip archive")
    assert read_slice(archive / "bad.png", None, params) == told
    assert not isinstance(read_slice(archive / "good.png", None, params), Rejection)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04" + bytes(30)])
def test_a_file_that_is_no_archive_though_it_is_named_so_is_refused(tmp_path, data):
    (tmp_path / "study.zip").write_bytes(data)
    assert look_below(tmp_path).unlisted == {"study.zip": Rejection(Reason.CORRUPT, "no whole zip archive")}
    with pytest.raises(DataError, match=r"study.zip: cannot be read \(no whole zip archive\)"):
        look_below(tmp_path / "study.zip")


def test_an_archive_that_was_cut_off_is_refused(tmp_path):
    archive = zipped(tmp_path / "study.zip", {"1.png": png()})
    archive.write_bytes(archive.read_bytes()[:-30])
    assert look_below(tmp_path).unlisted["study.zip"].reason is Reason.CORRUPT


def test_a_bomb_is_refused_by_what_its_directory_says(tmp_path):
    zipped(tmp_path / "study.zip", {f"{number}.png": bytes(2**26) for number in range(5)})
    (why,) = look_below(tmp_path).unlisted.values()
    assert why.reason is Reason.TOO_LARGE
    assert why.detail.endswith(f"says it holds {5 * 2**26}")


def test_a_bomb_whose_directory_says_little_is_inflated_no_further(tmp_path, params):
    archive = zipped(tmp_path / "study.zip", {"1.png": bytes(2**26)})
    changed(archive, CENTRAL, 24, (1000).to_bytes(4, "little"))  # the size when inflated
    assert look_below(tmp_path).files == ["study.zip/1.png"]
    assert read_slice(archive / "1.png", None, params) == Rejection(
        Reason.UNREADABLE_FILE, "a damaged file in a zip archive"
    )


def test_a_file_that_is_too_large_for_memory_and_too_many_files_are_refused(tmp_path, monkeypatch):
    zipped(tmp_path / "study.zip", {"1.png": png(), "large.png": bytes(9000)}, zipfile.ZIP_STORED)
    monkeypatch.setattr(containers, "MOST_MEMBER_BYTES", 8000)
    found = look_below(tmp_path)
    assert found.files == ["study.zip/1.png"]
    assert found.unlisted == {
        "study.zip/large.png": Rejection(
            Reason.TOO_LARGE, "9000 bytes in a zip archive, at most 8000 are read"
        )
    }
    monkeypatch.setattr(containers, "MOST_MEMBERS", 1)
    (tmp_path / "study.zip").rename(tmp_path / "other.zip")
    assert look_below(tmp_path).unlisted["other.zip"].reason is Reason.TOO_LARGE
