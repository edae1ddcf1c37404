"""`ichor check` as a user calls it, on phantoms and a pushed model's folder without its graph."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from dicom_folders import write_patient
from PIL import Image

from components.ingest.params import IngestParams
from components.phantoms.dataset import write_dataset
from components.phantoms.params import PhantomFolderParams
from components.slice_filter import training_statistics
from components.slice_filter.profile import Profile
from components.slice_filter.rules import judge
from pipeline.cli import main
from pipeline.pushed.folder_slices import find_slices, look_at_all
from pipeline.settings.config import DEFAULTS
from schemas import features
from schemas.accounts.model import ModelAccount

pytestmark = pytest.mark.tfx

INGEST = IngestParams(**DEFAULTS["ingest"])
WINDOWS = "40/80 80/200 600/2800"
FEW = ("--set", "drift.min_slices=100")


def write_phantoms(folder: Path, seed: int) -> Path:
    params = PhantomFolderParams(
        patients=16, seed=seed, side=96, slices_per_series=12, hemorrhage_share=0.5, format="png"
    )
    write_dataset(folder, params)
    return folder


def model_of(folder: Path, windows: str, model: Path) -> Path:
    """What a pushed model says of itself that was trained on all slices of a folder."""
    slices = find_slices(folder, bool(windows), INGEST)
    profile = Profile()
    for look in look_at_all(slices.slices, windows, INGEST, lambda done: None):
        profile.add(look.shape, windows, look.measures, judge(look.measures, 0.02))
    statistics = training_statistics.statistics(profile, 0.02)
    (model / "assets.extra").mkdir(parents=True)
    (model / "saved_model.pb").touch()
    account = ModelAccount(
        windows=windows, image_side=96, channels=3, threshold=0.5, temperature=1.0, version="v"
    )
    (model / features.TRAINED_ON_FILE).write_text(account.to_json())
    (model / features.TRAINING_STATISTICS_FILE).write_bytes(statistics.SerializeToString())
    return model


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Phantoms of another seed than the model's, as they are and turned, and a model of grey slices."""
    place = tmp_path_factory.mktemp("place")
    model_of(write_phantoms(place / "train", seed=0), "", place / "output" / "pushed" / "1795500834")
    write_phantoms(place / "new", seed=1)
    shutil.copytree(place / "new", place / "ward_7")
    for file in (place / "ward_7").rglob("*.png"):
        Image.fromarray(np.rot90(np.asarray(Image.open(file)))).save(file)
    (place / "ward_7" / "cut.png").write_bytes((place / "new" / "normal" / "p000_s05.png").read_bytes()[:-9])
    (place / "ward_7" / "empty.png").touch()
    return place


@pytest.fixture(autouse=True)
def _working_directory(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place)
    monkeypatch.delenv("ICHOR_CONFIG", raising=False)


def test_phantoms_of_another_seed_are_no_drift_and_status_zero(place: Path, capsys):
    assert main(["check", "new", "--output", "output", "--html", "new.html", *FEW]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"model  .*/pushed/1795500834: 192 slices, 1\d\d of them with enough brain to be compared", lines[0]
    )
    assert lines[1].startswith("new    new: 192 slices, ")
    assert lines[-2:] == ["no drift: none of 14 features moved", f"page: {place}/new.html"]
    assert "<h1>No drift: none of 14 features moved</h1>" in (place / "new.html").read_text()


def test_turned_phantoms_are_drift_by_the_right_feature_and_status_three(place: Path, capsys):
    assert main(["check", "ward_7", "--output", "output", *FEW]) == 3
    printed = capsys.readouterr().out
    assert "not read: 1 empty, 1 truncated" in printed
    assert "\nDRIFT: 2 of 14 features moved: head_aspect, head_balance\n" in printed
    (page,) = (place / "output" / "checks").iterdir()
    assert f"page: {page}" in printed
    assert "<h1>Drift: 2 of 14 features moved</h1>" in page.read_text()


def test_json_says_the_same_of_drift(place: Path, capsys):
    arguments = ["check", "ward_7", "--model", "output/pushed/1795500834", "--html", "turned.html", "--json"]
    assert main([*arguments, *FEW]) == 3
    report = json.loads(capsys.readouterr().out)
    assert report["drift"] is True
    assert report["rejected"] == {"empty": 1, "truncated": 1}
    assert (report["new_slices"], report["training_slices"]) == (192, 192)
    first = report["features"][0]
    assert (first["name"], first["moved"]) == (features.HEAD_ASPECT, True)
    assert first["value"] > first["threshold"]
    assert sum(first["new"]["shares"]) == pytest.approx(1)


def test_the_page_names_no_file_and_no_folder(place: Path, capsys):
    main(["check", "ward_7", "--output", "output", "--html", "named.html"])
    page = (place / "named.html").read_text()
    for name in ("p000", "cut.png", "ward_7", str(place)):
        assert name not in page


def test_few_slices_are_warned_about(place: Path, capsys):
    main(["check", "new", "--output", "output", "--html", "few.html", "--set", "drift.min_slices=1000"])
    assert "\nWARNING: only " in capsys.readouterr().out
    assert "below 1000 (drift.min_slices) features move by chance" in (place / "few.html").read_text()


@pytest.fixture(scope="module")
def of_dicom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of DICOM series, and a model that was trained on it."""
    place = tmp_path_factory.mktemp("dicom")
    for patient in ("p1", "p2"):
        write_patient(place / "series", patient, slices=3)
    model_of(place / "series", WINDOWS, place / "model")
    return place


def test_dicom_is_checked_against_a_model_of_dicom(of_dicom: Path, capsys):
    arguments = [
        "check",
        str(of_dicom / "series"),
        "--model",
        str(of_dicom / "model"),
        "--html",
        "dicom.html",
    ]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "no drift: none of 17 features moved" in printed
    assert "WARNING: only 6 of 6 new slices are fit to be compared" in printed


@pytest.mark.parametrize(
    ("folder", "model", "message"),
    [
        (
            "new",
            "dicom model",
            "new: the model was trained on DICOM slices in Hounsfield units (windows 40/80",
        ),
        (
            "series",
            "model",
            "the model was trained on exported grey images; a DICOM slice would look otherwise",
        ),
        ("nowhere", "model", "nowhere: no such folder"),
        ("bare", "model", "bare: no PNG or JPEG files in it"),
        ("broken", "model", "broken: none of its 1 slices can be read: 1 empty"),
        (
            "new",
            "old model",
            "does not say what it was trained on: assets.extra/training_statistics.pb is missing",
        ),
        ("new", "damaged model", "training_statistics.pb: damaged, or no statistics"),
        ("new", "bare", "is not a SavedModel: it has no saved_model.pb"),
    ],
)
def test_what_cannot_be_checked_is_one_line_and_status_one(
    place: Path, of_dicom: Path, tmp_path: Path, capsys, folder: str, model: str, message: str
):
    (tmp_path / "bare").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "empty.png").touch()
    pushed = place / "output" / "pushed" / "1795500834"
    for name in ("old model", "damaged model"):
        shutil.copytree(pushed, tmp_path / name)
    (tmp_path / "old model" / features.TRAINING_STATISTICS_FILE).unlink()
    (tmp_path / "damaged model" / features.TRAINING_STATISTICS_FILE).write_bytes(b"damaged")
    where = {
        "new": place / "new",
        "series": of_dicom / "series",
        "model": pushed,
        "dicom model": of_dicom / "model",
    }
    paths = [str(where.get(name, tmp_path / name)) for name in (folder, model)]
    assert main(["check", paths[0], "--model", paths[1], "--html", str(tmp_path / "page.html")]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("ichor: ")
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert not (tmp_path / "page.html").exists()
