import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import pipeline.commands.import_set
from components.public_sets.importer import Imported
from components.public_sets.registry import SETS
from pipeline.cli import main
from pipeline.commands.import_set import next_command
from pipeline.settings.loading import load

pytestmark = pytest.mark.numpy


@pytest.fixture
def src(tmp_path: Path, heads: Path) -> Path:
    folder = tmp_path / "set"
    shutil.copytree(heads, folder)
    return folder


def _reads(folder: Path) -> None:
    (folder / "reads.csv").write_text("name\n")


def _jpegs(folder: Path) -> None:
    (folder / "Patients_CT").mkdir()
    (folder / "hemorrhage_diagnosis.csv").write_text("")


def _rsna(folder: Path) -> None:
    (folder / "stage_2_train").mkdir()
    (folder / "stage_2_train.csv").write_text("ID,Label\n")


def _folders(folder: Path) -> None:
    (folder / "normal").mkdir()
    (folder / "normal" / "x.png").write_bytes(b"")


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("rsna-2019", _reads, "stage_2_train.csv is not in it; expected stage_2_train.csv and "
         "stage_2_train/ID_*.dcm. It looks like cq500: ichor import cq500 ..."),
        ("cq500", _jpegs, "reads.csv is not in it; expected reads.csv and CQ500CT*/Unknown Study/*/*.dcm. "
         "It looks like ct-ich: ichor import ct-ich ..."),
        ("ct-ich", _rsna, "neither hemorrhage_diagnosis.csv and Patients_CT/ nor labels.csv with its columns "
         "is in it; expected hemorrhage_diagnosis.csv and Patients_CT/*/brain/*.jpg, or labels.csv and "
         "images/*.jpg. It looks like rsna-2019: ichor import rsna-2019 ..."),
        ("rsna-2019", _folders, "It looks like folders: ichor import folders ..."),
        ("folders", _rsna, "no image or .dcm file lies below a folder named 'hemorrhage' or 'normal'"),
        ("folders", lambda _: None, "It looks like none of the other sets either"),
    ],
)  # fmt: skip
def test_a_folder_of_another_set_is_refused_with_what_was_expected_and_what_it_looks_like(
    tmp_path, import_set, name, make, message
):
    (tmp_path / "set").mkdir()
    make(tmp_path / "set")
    done = import_set(name, tmp_path / "set")
    assert done.status == 1
    assert f"{tmp_path / 'set'} is not {name}: " in done.error
    assert message in done.error
    assert not done.out.exists()


def test_the_folder_above_the_set_is_refused_with_where_the_set_is(tmp_path, import_set):
    (tmp_path / "download" / "rsna").mkdir(parents=True)
    _rsna(tmp_path / "download" / "rsna")
    done = import_set("rsna-2019", tmp_path / "download")
    assert f"{tmp_path / 'download' / 'rsna'} is: give that folder" in done.error


def test_a_table_without_its_files_says_which_folder_is_missing(tmp_path, import_set):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "stage_2_train.csv").write_text("ID,Label\n")
    assert "no folder stage_2_train of .dcm files is in it" in import_set("rsna-2019", tmp_path / "set").error
    (tmp_path / "set" / "hemorrhage_diagnosis.csv").write_text("")
    assert "no folder Patients_CT is in it" in import_set("ct-ich", tmp_path / "set").error


def test_a_source_that_is_not_there_or_no_folder_is_refused(tmp_path, import_set):
    assert f"{tmp_path / 'gone'}: no such folder; give the folder that holds" in import_set(
        "cq500", tmp_path / "gone"
    ).error  # fmt: skip
    (tmp_path / "reads.csv").write_text("")
    assert f"{tmp_path / 'reads.csv'}: is no folder" in import_set("cq500", tmp_path / "reads.csv").error


def test_an_unknown_set_is_refused_with_the_nearest_name(src, import_set):
    done = import_set("rnsa-2019", src)
    assert (done.status, done.error) == (
        1,
        "ichor: unknown set 'rnsa-2019'; did you mean 'rsna-2019'? "
        "there are rsna-2019, cq500, ct-ich, folders\n",
    )


def test_help_names_every_set(capsys):
    with pytest.raises(SystemExit):
        main(["import", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    *others, last = [each.name for each in SETS]
    assert f"{', '.join(others)} or {last}" in said


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("set/out", "lies in the set's own folder"),
        ("set", "lies in the set's own folder"),
        (".", "; name another --out"),
        ("full", "is there already and is not an empty folder; nothing was written"),
        ("full/file", "is there already and is not an empty folder; nothing was written"),
    ],
)
def test_an_output_folder_in_or_around_the_source_or_with_something_in_it_is_refused(
    tmp_path, src, import_set, snapshot, place, message
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("keep me")
    before = snapshot(tmp_path)
    done = import_set("folders", src, out=tmp_path / place)
    assert done.status == 1
    assert message in done.error
    assert snapshot(tmp_path) == before


def test_an_output_folder_in_the_source_by_way_of_a_link_is_refused(tmp_path, src, import_set):
    (tmp_path / "link").symlink_to(src / "normal")
    done = import_set("folders", src, out=tmp_path / "link" / "out")
    assert "lies in the set's own folder" in done.error


def test_an_empty_output_folder_is_used_and_missing_ones_above_are_made(tmp_path, src, import_set):
    (tmp_path / "empty").mkdir()
    assert import_set("folders", src, out=tmp_path / "empty").status == 0
    assert import_set("folders", src, out=tmp_path / "a" / "b").status == 0
    assert (tmp_path / "empty" / "labels.csv").read_bytes() == (
        tmp_path / "a" / "b" / "labels.csv"
    ).read_bytes()


def test_links_lead_to_the_source_from_wherever_it_was_named(tmp_path, src, import_set, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    done = import_set("folders", Path("set"), out=Path("elsewhere/out"))
    assert done.status == 0
    links = done.links()
    assert links
    assert all(target.is_absolute() and target.is_file() for target in links.values())


def test_a_file_system_that_cannot_link_is_reported_before_any_work(src, tmp_path, import_set, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "symlink_to", refuse)
    done = import_set("folders", src)
    assert done.status == 1
    assert f"{tmp_path}: cannot hold symbolic links (Operation not permitted); name an --out" in done.error
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_an_import_that_is_interrupted_leaves_nothing_behind(
    tmp_path, write_ct: Callable[..., Path], import_set, monkeypatch
):
    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    write_ct(tmp_path / "set" / "normal" / "x.dcm", "1.1", "P", "1")
    monkeypatch.setattr(pipeline.commands.import_set.ProgressLine, "__call__", interrupt)
    assert import_set("folders", tmp_path / "set").status == 130
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_what_a_killed_import_left_is_never_removed_by_itself(tmp_path, src, import_set):
    (tmp_path / "out.unfinished").mkdir()
    (tmp_path / "out.unfinished" / "file").write_text("keep me")
    done = import_set("folders", src)
    assert f"{tmp_path / 'out.unfinished'} is left from an import that was killed; remove it" in done.error
    assert (tmp_path / "out.unfinished" / "file").read_text() == "keep me"


def test_a_set_of_one_class_is_imported_with_a_note(tmp_path, src, import_set):
    shutil.rmtree(src / "hemorrhage")
    done = import_set("folders", src)
    assert done.status == 0
    assert "note: all are normal; a model needs both" in done.said


@pytest.mark.parametrize(
    ("share", "settings"),
    [
        (0.6, ""),
        (0.7, " --set trainer.class_weights=balanced"),
        (0.8, " --set trainer.class_weights=balanced --set gate.min_binary_accuracy=0.81"),
        (0.8729, " --set trainer.class_weights=balanced --set gate.min_binary_accuracy=0.88"),
        (1.0, " --set trainer.class_weights=balanced --set gate.min_binary_accuracy=0.99"),
    ],
)
def test_the_run_to_start_next_weighs_uneven_classes_and_requires_more_than_the_larger_one(share, settings):
    config = load(None, [], read_file=False).config
    expected = f"ichor run --data 'my set/' --output 'my set-results'{settings}"
    assert next_command(config, "my set/", Imported((), share)) == expected


def test_the_settings_that_are_printed_exist(src, import_set):
    done = import_set("folders", src)
    words = done.said.splitlines()[-1].split()
    load(None, [word for word in words if "=" in word], read_file=False)
