"""`ichor explain` on a folder, and the scores of maps where the evidence is known."""

import csv
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from components.imaging.decode import decode_grey
from components.imaging.overlay import overlay
from pipeline.cli import main

pytestmark = pytest.mark.tf

SEEN = 170  # grey; the made bleed is brighter, its noise is not
PATTERN = "ingest.patient_pattern='(?P<patient>s[0-9]+)'"


@pytest.fixture(scope="module")
def folder(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Slices in `data`, with masks of their bright squares in `masks`."""
    folder = tmp_path_factory.mktemp("explained")
    (folder / "data" / "deep").mkdir(parents=True)
    (folder / "masks" / "deep").mkdir(parents=True)
    for at, record in enumerate(made.records(made.VAL, 1)):
        name = f"deep/s{at:02d}.png"
        (folder / "data" / name).write_bytes(record.image)
        if record.hemorrhage:
            bleed = decode_grey(record.image) > SEEN
            Image.fromarray(np.where(bleed, 1, 0).astype(np.uint8)).save(folder / "masks" / name)
    return folder


def worth(folder: Path, trained: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict:
    arguments = [str(folder / "data"), "--model", str(trained), "--masks", str(folder / "masks"), "--json"]
    assert main(["explain", *arguments, "--set", PATTERN, *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_maps_point_better_than_chance_and_than_shuffled_weights(folder, trained, capsys):
    report = worth(folder, trained, capsys)
    assert (report["slices"], report["patients"]) == (12, 12)
    assert report["chance_image"] == pytest.approx(12 * 12 / 64 / 64, rel=0.1)
    assert report["chance_head"] >= report["chance_image"]
    assert report["pointing"]["low"] > report["chance_head"]
    assert report["pointing"]["value"] > report["shuffled_pointing"]["value"] + 0.3
    assert report["mass"]["value"] > 2 * report["chance_image"]


def test_integrated_gradients_point_at_what_is_bright_with_weights_shuffled_too(folder, trained, capsys):
    more = ["--method", "integrated-gradients", "--set", "explain.steps=8", "--set", "explain.shuffles=1"]
    report = worth(folder, trained, capsys, *more)
    assert report["pointing"]["low"] > report["chance_head"]
    assert report["shuffled_pointing"]["value"] > report["chance_head"]


def test_each_slice_gets_a_picture_and_a_row_and_what_cannot_be_read_is_reported(
    folder: Path, trained: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    data = tmp_path / "data"
    data.mkdir()
    for name in ("s00.png", "s01.png"):
        (data / name).write_bytes((folder / "data" / "deep" / name).read_bytes())
    (data / "s02.png").write_bytes(b"no picture")
    out = tmp_path / "out"
    assert main(["explain", str(data), "--model", str(trained), "--out", str(out)]) == 1
    printed = capfd.readouterr()
    assert "1 of 3 files could not be explained" in printed.err
    with (out / "explain.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["picture"] for row in rows] == ["0001.png", "0002.png", ""]
    assert [Path(row["file"]).name for row in rows] == ["s00.png", "s01.png", "s02.png"]
    assert rows[2]["reason"]
    assert all(row["picture"] in printed.out and row["file"] in printed.out for row in rows)
    assert float(rows[0]["probability"]) < float(rows[1]["probability"])
    picture = np.asarray(Image.open(out / "0002.png"))
    grey = decode_grey((data / "s01.png").read_bytes())
    np.testing.assert_array_equal(picture[:, :64], overlay(grey, np.zeros_like(grey)))
    assert (picture[:, :64] != picture[:, 64:128]).any()


def test_a_limit_is_kept(folder: Path, trained: Path, tmp_path: Path):
    arguments = ["explain", str(folder / "data"), "--model", str(trained), "--out", str(tmp_path / "out")]
    assert main([*arguments, "--limit", "3"]) == 0
    assert len(list((tmp_path / "out").glob("*.png"))) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "explain: give --out DIR for pictures, --masks DIR to measure maps, or both"),
        (["--out", "{out}", "--json"], "--json prints what --masks measures, and goes without --out"),
        (["--out", "{data}/pictures"], "where pictures would be taken for slices; name another --out"),
        (["--out", "{masks}"], "is there already and is not an empty folder; nothing was written"),
        (["--masks", "{data}/none"], "/none: no such folder; give the one that holds a PNG for each slice"),
        (["--masks", "{data}/.."], "no slice has a mask with a pixel that is not 0"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(folder, trained, tmp_path, capsys, arguments, said: str):
    places = {"out": tmp_path / "out", "data": folder / "data", "masks": folder / "masks"}
    filled = [argument.format(**places) for argument in arguments]
    assert main(["explain", str(folder / "data"), "--model", str(trained), *filled]) == 1
    assert said in capsys.readouterr().err


def test_a_mask_of_another_size_is_refused(folder: Path, trained: Path, tmp_path: Path, capsys):
    (tmp_path / "s01.png").write_bytes(b"")
    Image.new("L", (30, 20), 1).save(tmp_path / "s01.png")
    arguments = [str(folder / "data"), "--model", str(trained), "--masks", str(tmp_path)]
    assert main(["explain", *arguments]) == 1
    assert "the mask is (20, 30), the slice is (64, 64) pixels" in capsys.readouterr().err
