"""What a walk through a data folder finds, whatever lies in it."""

import os
import re
import socket
from pathlib import Path

import pytest

from components.ingest.identity import load_key, locate, slice_id
from components.ingest.plan import plan
from components.slices.errors import DataError, NamingError
from components.slices.files import open_regular
from components.slices.header import Reason, Rejection
from components.slices.scan import look_below

pytestmark = pytest.mark.numpy

DEEP, TOO_DEEP = 1_500, 90  # folders; deeper than Python's stack, and longer than a path may be


def dig(folder: Path, depth: int, name: str) -> None:
    """Makes folders in each other, each from the one above: no path names the deepest."""
    above = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=above)
        below = os.open(name, os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = below
    os.close(os.open("x.png", os.O_CREAT | os.O_WRONLY, dir_fd=above))
    os.close(above)


def fill_in(folder: Path, name: str) -> None:
    """Takes such folders away again, the outermost first: neither by path nor by recursion can it be done."""
    while (folder / name / name).is_dir():
        (folder / name).rename(folder / "outer")
        (folder / "outer" / name).rename(folder / name)
        (folder / "outer").rmdir()


def test_files_are_found_at_any_depth_sorted_and_hidden_ones_are_not(tmp_path):
    for name in ("b.png", "a/2.png", "a/b/1.png", ".hidden.png", ".git/x.png", "a/.DS_Store"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.png" / "c.png").touch()
    assert look_below(tmp_path).files == ["a/2.png", "a/b/1.png", "b.png", "folder.png/c.png"]


def test_links_never_change_where_a_folder_is_found_and_loops_end(tmp_path):
    data = tmp_path / "data"
    (data / "normal").mkdir(parents=True)
    (data / "normal" / "x.png").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "y.png").touch()
    (tmp_path / "another set.png").touch()
    (data / "a link to normal").symlink_to("normal")
    (data / "normal" / "loop").symlink_to("..")
    (data / "normal" / "far loop").symlink_to(tmp_path)  # holds the data folder, and what else lies there
    (data / "itself").symlink_to("itself")
    (data / "nowhere.png").symlink_to("missing")
    (data / "b").symlink_to(elsewhere)
    (data / "c").symlink_to(elsewhere)
    assert look_below(data).files == ["b/y.png", "itself", "normal/x.png", "nowhere.png"]


def test_a_fifo_a_socket_and_a_device_are_listed_and_never_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo.png")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.png"))
    (tmp_path / "device.png").symlink_to("/dev/zero")
    assert look_below(tmp_path).files == ["device.png", "fifo.png", "socket.png"]
    told = {}
    for name in look_below(tmp_path).files:
        with pytest.raises(OSError, match="not a regular file") as refused:
            open_regular(tmp_path / name)
        told[name] = refused.value.strerror
    assert told == {
        "device.png": "a device, not a regular file",
        "fifo.png": "a FIFO, not a regular file",
        "socket.png": "a socket, not a regular file",
    }


def test_folders_deeper_than_pythons_stack_are_walked(tmp_path):
    dig(tmp_path, DEEP, "d")
    assert look_below(tmp_path).files == ["d/" * DEEP + "x.png"]
    fill_in(tmp_path, "d")


def test_a_folder_whose_path_is_too_long_is_told_and_the_others_are_listed(tmp_path):
    dig(tmp_path, TOO_DEEP, "d" * 60)
    (tmp_path / "x.png").touch()
    found = look_below(tmp_path)
    assert found.files == ["x.png"]
    assert list(found.unlisted.values()) == [Rejection(Reason.UNLISTED_FOLDER, "File name too long")]
    fill_in(tmp_path, "d" * 60)


@pytest.fixture
def locked(data_dir, draw, monkeypatch):
    """A folder of slices with one in it that cannot be listed; by root too, who may list all."""
    for number in range(2):
        draw(data_dir / "normal" / f"P{number}_1.png", number)
        draw(data_dir / "bleed" / f"P{number}_2.png", number)
    (data_dir / "normal" / "locked").mkdir()
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return data_dir


def test_a_folder_that_is_not_listed_counts_as_rejected_with_a_warning_and_is_located(
    locked, params, fixed_key
):
    params = params.model_copy(update={"patient_pattern": r"(?P<patient>P\d)", "key_file": str(fixed_key)})
    found = plan(locked, params)
    assert len(found.slices) == 4
    assert found.rejections == {
        "normal/locked": Rejection(Reason.UNLISTED_FOLDER, "Permission denied"),
    }
    assert found.warnings == (
        "folders that the system does not list, so that whatever lies in them is missing: 1",
    )
    hashed = slice_id(load_key(fixed_key), "normal/locked")
    assert locate(locked, params, [hashed]) == {hashed: "normal/locked"}


def test_a_table_that_names_what_lies_in_an_unlisted_folder_is_refused_with_the_folder(locked, params):
    (locked / "labels.csv").write_text("file,hemorrhage\nnormal/locked/x.png,1\nnormal/P0_1.png,0\n")
    message = (
        f"labels.csv row 2: no such file below {locked}: 'normal/locked/x.png'; add the files or take out "
        "the rows; 1 folders cannot be listed, the first 'normal/locked' (Permission denied)"
    )
    with pytest.raises(NamingError, match=f"^{re.escape(message)}$"):
        plan(locked, params)


def test_a_data_folder_that_is_not_listed_is_refused(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DataError, match=r"^data folder .*: cannot be listed \(Permission denied\)$"):
        look_below(tmp_path)
