"""Files of odd names are named on a terminal so that one line stays one line, whatever stands in them."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from components.ingest.identity import load_key, slice_id
from pipeline.cli import main
from pipeline.commands import predict
from pipeline.terminal.console import shown

pytestmark = pytest.mark.numpy

NAMES = {
    "new\nline.png": r"new\nline.png",
    "\x1b[2Jcleared.png": r"\x1b[2Jcleared.png",
    os.fsdecode(b"no \xff text.png"): r"no \udcff text.png",
    "\N{RIGHT-TO-LEFT OVERRIDE}nep.png": r"\u202enep.png",
}
NAMES |= {name: name for name in ("'x' \"y\" <b>.png", "caf\N{LATIN SMALL LETTER E WITH ACUTE}.png")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of empty files of these names, in both classes."""
    for kind in ("normal", "hemorrhage"):
        (tmp_path / "slices" / kind).mkdir(parents=True)
        for name in NAMES:
            (tmp_path / "slices" / kind / name).touch()
    return tmp_path / "slices"


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICHOR_CONFIG", raising=False)
    path = tmp_path / "key"
    path.write_bytes(b"0123456789abcdef0123456789abcdef")
    path.chmod(0o600)
    return path


def run(*arguments: str) -> str:
    """What a command prints where the terminal takes UTF-8 and nothing else."""
    command = [
        sys.executable,
        "-c",
        "import sys; from pipeline.cli import main; sys.exit(main(sys.argv[1:]))",
    ]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict", "PYTHONPATH": str(root)},
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_on_one_line(name):
    assert shown(name) == NAMES[name]
    assert shown(name).isprintable()


def test_locate_prints_a_line_a_slice(folder, key):
    ids = [slice_id(load_key(key), f"normal/{name}") for name in NAMES]
    printed = run("locate", "--data", str(folder), "--set", f"ingest.key_file={key}", *ids)
    expected = [f"{slice_id}  normal/{name}" for slice_id, name in zip(ids, NAMES.values(), strict=True)]
    assert printed.splitlines() == expected


def test_inspect_prints_a_line_a_rejected_file(folder, key):
    printed = run("inspect", str(folder), "--set", f"ingest.key_file={key}")
    such = [line.split("such as")[1].strip() for line in printed.splitlines() if "such as" in line]
    assert {line.removesuffix(": empty").split("/")[1] for line in such} <= set(NAMES.values())
    assert len(such) == 5


@pytest.fixture
def scored(monkeypatch):
    """A model that says nothing of any file."""
    silent = types.SimpleNamespace(threshold=0.5, version="0")
    monkeypatch.setattr(predict, "trained_on", lambda model_dir: "")
    monkeypatch.setattr(predict, "load_model", lambda model_dir: silent)
    monkeypatch.setattr(
        predict,
        "score_slices",
        lambda model, slices, params: [
            predict.Score(source.name, source.patient, None, None, "empty") for source in slices
        ],
    )


def test_predict_prints_a_line_a_slice_and_json_has_the_names_themselves(folder, scored, capsys):
    assert main(["predict", "--model", "x", str(folder / "normal")]) == 1
    lines = capsys.readouterr().out.splitlines()
    printed = [line.split("empty")[1].strip().split("/")[-1] for line in lines if "  empty  " in line]
    assert sorted(printed) == sorted(NAMES.values())
    assert main(["predict", "--model", "x", "--json", str(folder / "normal")]) == 1
    files = [Path(row["file"]).name for row in json.loads(capsys.readouterr().out)["slices"]]
    assert sorted(files) == sorted(NAMES)


def test_predict_writes_names_that_are_no_text_with_escapes_into_csv(folder, tmp_path):
    code = (
        "import sys, types\nfrom pipeline.commands import predict\nfrom pipeline.cli import main\n"
        "predict.trained_on = lambda model_dir: ''\n"
        "predict.load_model = lambda model_dir: types.SimpleNamespace(threshold=0.5, version='0')\n"
        "predict.score_slices = lambda model, slices, params: "
        "[predict.Score(one.name, '', None, None, 'empty') for one in slices]\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "predict", "--model", "x", "--csv", str(folder / "normal")],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 1
    assert rb"no \udcff text.png" in done.stdout
