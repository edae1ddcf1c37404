import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.settings.config import DEFAULTS
from schemas.accounts.ingest import IngestAccount

pytestmark = pytest.mark.numpy

HEAVY = ("tensorflow", "tfx", "apache_beam", "ml_metadata", "numpy")


@pytest.fixture(autouse=True)
def _empty_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICHOR_CONFIG", raising=False)


def test_help_answers_without_importing_anything_heavy():
    code = (
        "import sys; sys.argv = ['ichor', '--help']\n"
        "from pipeline.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "run the whole pipeline on a folder of slices" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_config_prints_every_setting_with_unit_meaning_and_origin(capsys, tmp_path):
    (tmp_path / "ichor.toml").write_text("[trainer]\nepochs = 3\n")
    assert main(["config", "--set", "trainer.batch_size=7"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(" = " in line for line in lines) == sum(len(names) for names in DEFAULTS.values())
    line_of = {line.split(" = ")[0].strip(): line for line in lines if " = " in line}
    assert line_of["epochs"].split()[:4] == ["epochs", "=", "3", "#"]
    assert line_of["epochs"].endswith("[epochs]; from ichor.toml")
    assert line_of["batch_size"].endswith("[slices]; from --set")
    assert line_of["learning_rate"].endswith("of Adam; from default")


def test_the_rows_of_config_line_up_within_a_group(capsys):
    assert main(["config", "--preset", "demo"]) == 0
    groups = {group.split("]")[0]: group for group in capsys.readouterr().out.split("\n[")}
    rows = groups["trainer"].splitlines()[1:]
    assert len(rows) == len(DEFAULTS["trainer"])
    assert len({row.index(" = ") for row in rows}) == 1
    assert len({row.index("  # ") for row in rows}) == 1


def test_what_config_prints_is_a_valid_settings_file(capsys, tmp_path):
    assert main(["config", "--preset", "demo"]) == 0
    printed = capsys.readouterr().out
    (tmp_path / "ichor.toml").write_text(printed)
    assert main(["config"]) == 0

    def values(text: str) -> list[str]:
        return [line.split("# ")[0] for line in text.splitlines()]

    assert values(capsys.readouterr().out) == values(printed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--data", "nowhere"], "nowhere"),
        (["run", "--set", "trainer.epoch=1"], "did you mean 'trainer.epochs'?"),
        (["config", "--preset", "lokal"], "unknown preset 'lokal'; did you mean 'local'?"),
        (["predict", "nowhere.png"], "no pushed model in"),
        (["check", "nowhere"], "no pushed model in"),
        (["predict", "nowhere.png", "--model", "."], "is not a SavedModel: it has no saved_model.pb"),
        (["summary"], "start one with: ichor run --data DIR"),
    ],
)
def test_a_wrong_call_is_one_line_on_standard_error_and_status_one(capsys, arguments, message):
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.startswith("ichor: ")
    assert "Traceback" not in captured.err
    assert not list(Path.cwd().iterdir())  # nothing was made


def test_phantoms_are_never_written_into_a_folder_with_something_in_it(capsys, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    assert main(["phantoms", "--out", str(tmp_path), "--patients", "2"]) == 1
    assert str(tmp_path) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_output_folder_that_cannot_be_is_reported_without_a_number(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["phantoms", "--out", "file/below", "--patients", "2"]) == 1
    assert capsys.readouterr().err == "ichor: file/below/hemorrhage: Not a directory\n"


def test_phantoms_are_written_as_dicom_where_selected_and_as_png_else(capsys):
    few = ["--patients", "2", "--set", "phantoms.side=64", "--set", "phantoms.slices_per_series=6"]
    assert main(["phantoms", "--out", "series", "--format", "dicom", *few]) == 0
    assert main(["phantoms", "--out", "slices", *few]) == 0
    dicom, png = (
        {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}
        for folder in ("series", "slices")
    )
    names = {f"{patient}/S0002/IM{number:04d}" for patient in ("p000", "p001") for number in range(1, 7)}
    assert dicom == {"labels.csv", *names}
    assert sum(name.endswith(".png") for name in png) == len(png) - 1 == 12
    first, second = capsys.readouterr().out.splitlines()
    assert first.removeprefix("series: ") == second.removeprefix("slices: ")


def test_another_format_of_phantoms_is_refused_with_those_that_there_are(capsys):
    assert main(["phantoms", "--out", "slices", "--format", "nifti"]) == 1
    said = "ichor: --set: phantoms.format: input should be 'png' or 'dicom', got 'nifti'\n"
    assert capsys.readouterr().err == said
    assert not Path("slices").exists()


def test_results_are_never_written_among_the_data(capsys, tmp_path):
    few = ["--set", "phantoms.side=64", "--set", "phantoms.slices_per_series=6"]
    assert main(["phantoms", "--out", "slices", "--patients", "12", *few]) == 0
    key = ["--set", f"ingest.key_file={tmp_path / 'key'}", "--set", "ingest.test_buckets=0"]
    (tmp_path / "key").write_bytes(bytes(range(32)))
    (tmp_path / "key").chmod(0o600)
    assert main(["run", "--data", "slices", "--output", "slices/results", *key]) == 1
    said = (
        f"ichor: run.output: {tmp_path / 'slices' / 'results'} lies in the data folder; write outside of it"
    )
    assert capsys.readouterr().err.strip() == said
    assert not (tmp_path / "slices" / "results").exists()


@pytest.mark.parametrize("output", ["file", "file/below/it"])
def test_results_are_never_written_into_a_file(capsys, tmp_path, output):
    (tmp_path / "file").write_text("mine")
    assert main(["run", "--data", "slices", "--output", output]) == 1
    assert capsys.readouterr().err == f"ichor: run.output: {tmp_path / 'file'} is a file; give a folder\n"
    assert (tmp_path / "file").read_text() == "mine"


def test_the_key_is_never_kept_among_the_results(capsys, tmp_path):
    assert main(["run", "--data", "slices", "--output", "out", "--set", "ingest.key_file=out/key"]) == 1
    assert capsys.readouterr().err.strip() == (
        f"ichor: ingest.key_file: {tmp_path / 'out' / 'key'} lies in the output folder; whoever is given the "
        "results would have the key to their ids; keep it elsewhere"
    )
    assert not (tmp_path / "out").exists()


def test_the_key_is_never_kept_among_the_data(capsys, tmp_path):
    assert main(["run", "--data", "slices", "--set", "ingest.key_file=slices/key"]) == 1
    assert capsys.readouterr().err.strip() == (
        f"ichor: ingest.key_file: {tmp_path / 'slices' / 'key'} lies in the data folder, which is only read; "
        "keep it elsewhere"
    )


def test_a_check_of_a_setting_of_ours_is_reported_once(capsys):
    assert main(["config", "--set", "ingest.windows=foo"]) == 1
    assert capsys.readouterr().err.strip() == (
        "ichor: --set: ingest.windows: window must be centre/width in HU, such as 40/80, got 'foo'"
    )


def test_an_account_of_another_version_is_an_error_in_one_line(capsys, monkeypatch):
    def run(_: object) -> int:
        return IngestAccount.from_json('{"format": 3}', "ingest.json").found

    monkeypatch.setattr("pipeline.commands.summary.run", run)
    assert main(["summary"]) == 1
    assert capsys.readouterr().err == (
        "ichor: ingest.json: written by another version of ichor (format 3, this one reads 1); make a new "
        "run or use that version\n"
    )
