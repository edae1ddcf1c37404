"""Nothing that identifies a patient is in what a run leaves behind: whole, stopped or refused."""

import contextlib
import os
from pathlib import Path

import pytest
from planted_identities import NAME, TOKENS, found_in, plant, write_everywhere

from pipeline.local_runner import main as run_as_tfx_does
from pipeline.past_runs.history import read_run

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def planted(workplace, tmp_path_factory):
    """A workplace whose phantoms name patients wherever anything can be named; temporary files stay in it."""
    settings = ("patients=12", "side=96", "slices_per_series=10", "hemorrhage_share=0.6", "format=dicom")
    arguments = [part for setting in settings for part in ("--set", f"phantoms.{setting}")]
    assert workplace.ichor("phantoms", "--out", "phantoms", *arguments).status == 0
    workplace.patients = plant(workplace.folder / "phantoms")
    temporary = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr("tempfile.tempdir", None)
        workplace.temporary = temporary
        yield workplace


def left_behind(planted) -> list[Path]:
    return [planted.layout.root, planted.temporary]


def test_the_search_finds_what_is_there_however_it_is_coded(tmp_path):
    write_everywhere(tmp_path / "there", NAME)
    files = {Path(line.split(": ")[0]).name for line in found_in([tmp_path], [NAME])}
    assert files == {path.name for path in (tmp_path / "there").iterdir()}


def test_a_whole_run_leaves_no_identity(planted):
    outcome, run = planted.run()
    assert outcome.status == 0, outcome.text
    assert run.nodes["Pusher"].state == "ran"
    assert found_in(left_behind(planted), [*TOKENS, *planted.patients]) == []
    assert found_in([planted.folder / "phantoms"], [*TOKENS])


def test_a_check_of_the_same_folder_finds_no_drift_and_leaves_no_identity(planted):
    outcome = planted.ichor("check", "phantoms")
    assert outcome.status == 0, outcome.text
    assert "no drift: none of 17 features moved" in outcome.text
    (page,) = planted.layout.checks.iterdir()
    assert "No drift" in page.read_text()
    assert found_in(left_behind(planted), [*TOKENS, *planted.patients]) == []


def test_a_run_that_is_stopped_by_broken_files_leaves_no_identity(planted):
    files = sorted(path for path in (planted.folder / "phantoms").rglob("qzxfile^*"))
    kept = {path: path.read_bytes() for path in files[::5]}
    for path, data in kept.items():
        path.write_bytes(data[: len(data) - 2000])
    try:
        outcome, run = planted.run()
        assert outcome.status == 1
        assert "24 of 120 files cannot be read, 20.0%, and 5.0% are allowed: 24 truncated" in outcome.text
        assert run.nodes["SliceExampleGen"].state == "failed"
        assert found_in(left_behind(planted), [*TOKENS, *planted.patients]) == []
    finally:
        for path, data in kept.items():
            path.write_bytes(data)


def test_a_wrong_row_is_named_on_the_terminal_and_never_in_what_is_left(planted, capfd):
    table = planted.folder / "phantoms" / "labels.csv"
    text = table.read_text()
    lines = text.splitlines()
    table.write_text("\n".join([*lines, lines[1]]) + "\n")
    try:
        outcome, _ = planted.run()
        assert outcome.status == 1
        uid = lines[1].split(",")[0]
        assert f"labels.csv row 122: SOPInstanceUID '{uid}' stands in row 2 already" in outcome.text
        log = planted.layout.logs / "tfx.log"
        capfd.readouterr()
        with contextlib.chdir(planted.folder), pytest.raises(Exception, match="is told on a terminal alone"):
            run_as_tfx_does()
        log.write_text("".join(capfd.readouterr()))
        assert read_run(planted.layout).nodes["SliceExampleGen"].state == "failed"
        assert found_in(left_behind(planted), [*TOKENS, *planted.patients]) == []
    finally:
        table.write_text(text)
    assert os.environ["TMPDIR"] == str(planted.temporary)
