"""One workplace, one story, each test a later chapter: run, run again, change one thing, run again."""

import csv
import io
import json
import re
import shutil
import struct
import zlib

import pytest

pytestmark = pytest.mark.e2e

ALL = {
    "SliceExampleGen", "SliceFilter", "LeakageGate", "ImportSchemaGen", "StatisticsGen", "ExampleValidator",
    "AnomalyGate", "Transform", "Trainer", "OperatingPoint", "SliceScorer", "TestEvaluator",
    "Evaluator", "ModelGate", "Pusher", "Report",
}  # fmt: skip


def ran(run):
    """Returns the nodes that did run, and checks that the others were served from cache."""
    states = {name: node.state for name, node in run.nodes.items() if name != "LatestBlessedModel"}
    assert set(states) == ALL
    assert set(states.values()) <= {"ran", "cached"}
    return {name for name, state in states.items() if state == "ran"}


def png_of(pixels: bytes) -> bytes:
    """A PNG file with right checksums around any bytes in the place of compressed pixels."""
    header = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def test_a_first_run_trains_blesses_and_pushes(place):
    outcome, run = place.run()
    assert outcome.status == 0, outcome.text
    assert ran(run) == ALL
    assert len(place.pushed()) == 1
    assert f"BLESSED; model pushed to {place.layout.pushed / place.pushed()[0]}" in outcome.text


def test_an_unchanged_second_run_is_served_from_cache_and_pushes_nothing(place):
    before = place.pushed()
    outcome, run = place.run()
    assert outcome.status == 0
    assert ran(run) == set()
    assert place.pushed() == before


def test_every_file_of_the_folder_is_accounted_for(place):
    _, run = place.run()
    report = json.loads((run.output("SliceExampleGen", "report").path / "ingest.json").read_text())
    kept = json.loads((run.output("SliceFilter", "report").path / "filter.json").read_text())["totals"]
    files = len(list((place.folder / "phantoms").rglob("*.png")))
    assert files == 120
    assert report["found"] == files == report["read"] + sum(report["rejected"].values())
    assert sum(split["slices"] for split in report["splits"].values()) == report["read"] == kept["read"]
    assert kept["read"] == kept["kept"] + sum(kept["dropped"].values())
    assert kept["kept"] < kept["read"]  # phantoms have blank ends


def test_nothing_that_a_run_left_holds_a_file_name_or_a_patient(place):
    names = re.compile(rb"p0\d\d_s\d\d|(?<![0-9a-z])p0\d\d(?![0-9a-z])")
    left = [path for path in place.layout.root.rglob("*") if path.is_file()]
    assert {path.suffix for path in left} >= {".log", ".sqlite", ".csv", ".json", ".pb"}
    assert [path for path in left if names.search(path.read_bytes())] == []


def test_a_changed_gate_judges_anew_without_training_and_pushes_nothing(place):
    before = place.pushed()
    outcome, run = place.run("gate.min_binary_accuracy=0.999")
    assert outcome.status == 3
    assert ran(run) == {"Evaluator", "ModelGate", "Pusher", "Report"}
    assert re.search(r"NOT_BLESSED: binary_accuracy is 0\.\d{4}, must be at least 0\.999\n", outcome.text)
    assert place.pushed() == before


def test_a_run_with_and_one_without_the_filter_are_compared_on_the_same_slices(place):
    outcome, _ = place.run("run.output=all", "filter.enabled=false")
    assert outcome.status in {0, 3}, outcome.text
    outcome = place.ichor("compare", "ichor-output", "all", "--json")
    assert outcome.status == 0, outcome.text
    comparison = json.loads(outcome.text)
    assert comparison["settings_that_differ"] == {"filter.enabled": [True, False]}
    for split in comparison["splits"].values():
        filtered, unfiltered = split["own"]
        assert filtered["count"] < unfiltered["count"]
        assert split["both"]["slices"]["count"] == filtered["count"]
        assert split["both"]["slices"]["metrics"][0] == filtered["metrics"]
    refused = place.ichor("compare", "ichor-output", "phantoms")
    assert (refused.status, "no runs yet in" in refused.text) == (1, True)


def test_a_changed_training_setting_keeps_the_data_nodes_cached(place):
    outcome, run = place.run("trainer.epochs=1")
    assert outcome.status in {0, 3}, outcome.text
    assert {"Trainer", "Evaluator", "TestEvaluator"} <= ran(run)
    assert not ran(run) & {"SliceExampleGen", "SliceFilter", "StatisticsGen", "Transform"}


def test_a_slice_moved_to_the_other_class_runs_everything_again(place):
    (place.folder / "phantoms" / "labels.csv").unlink()
    _, before = place.run('ingest.patient_pattern="(?P<patient>p[0-9]+)_"')
    moved = sorted((place.folder / "phantoms" / "normal").glob("*.png"))[0]
    shutil.move(moved, place.folder / "phantoms" / "hemorrhage" / moved.name)
    _, after = place.run('ingest.patient_pattern="(?P<patient>p[0-9]+)_"')
    assert ran(after) >= ALL - {"ImportSchemaGen"}
    counts = [
        json.loads((run.output("SliceExampleGen", "report").path / "ingest.json").read_text())["splits"]
        for run in (before, after)
    ]
    hemorrhages = [sum(split["hemorrhage"] for split in splits.values()) for splits in counts]
    assert hemorrhages[1] == hemorrhages[0] + 1


def test_the_summary_shows_data_drops_history_metrics_and_verdict(place):
    text = place.ichor("summary").text
    for part in (
        "SliceExampleGen ran",
        "slice filter: 120 in",
        "epoch",
        "validation metrics",
        "test metrics",
        "% intervals by resampling patients",
        "gates, on the validation split",
    ):
        assert part in text
    assert re.search(r"exported: epoch \d, the lowest validation loss", text)
    assert re.search(r"^(NOT_BLESSED: binary_accuracy|BLESSED; model pushed to)", text, re.MULTILINE)


def test_an_unknown_run_is_refused_and_the_known_ones_are_named(place):
    outcome = place.ichor("summary", "yesterday")
    assert outcome.status == 1
    assert "no run 'yesterday'; known are 20" in outcome.text


def test_predictions_come_as_a_table_as_csv_and_as_json(place):
    folder = str(place.folder / "phantoms" / "normal")
    table = place.ichor("predict", folder).text
    assert "slices  patient\n" in table
    pattern = 'ingest.patient_pattern="(?P<patient>p[0-9]+)_"'
    patients = json.loads(place.ichor("predict", folder, "--json", "--set", pattern).text)["patients"]
    assert [each["patient"] for each in patients] == [f"p{number:03d}" for number in range(12)]
    as_csv = place.ichor("predict", folder, "--csv").text
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    as_json = json.loads(place.ichor("predict", folder, "--json").text)["slices"]
    files = len(list((place.folder / "phantoms" / "normal").glob("*.png")))
    assert len(rows) == len(as_json) == files
    facts = place.layout.pushed / place.pushed()[-1] / "assets.extra" / "ichor.json"
    threshold = json.loads(facts.read_text())["threshold"]
    for row, entry in zip(rows, as_json, strict=True):
        assert float(row["probability"]) == entry["probability"]
        assert entry["hemorrhage"] == int(entry["probability"] >= threshold)


def test_a_file_that_is_no_image_is_reported_and_the_others_are_scored(place, tmp_path):
    image = next((place.folder / "phantoms" / "normal").glob("*.png"))
    shutil.copy(image, tmp_path / "sound.png")
    (tmp_path / "broken.png").write_bytes(image.read_bytes()[:200])
    (tmp_path / "hollow.png").write_bytes(png_of(b"no pixels"))  # whole by its checksums, but not an image
    outcome = place.ichor("predict", str(tmp_path), "--json")
    assert outcome.status == 1
    table, _, said = outcome.text.partition("\nichor: ")
    assert said == "2 of 3 files could not be scored\n"
    broken, hollow, sound = json.loads(table)["slices"]
    assert (broken["probability"], broken["reason"]) == (None, "truncated")
    assert (hollow["probability"], hollow["reason"]) == (None, "corrupt")
    assert 0 <= sound["probability"] <= 1


def test_an_output_folder_that_was_moved_is_refused_with_the_way_out(place):
    root = place.layout.root
    root.rename(root.with_name("moved"))
    outcome = place.ichor("run", "--output", "moved")
    assert outcome.status == 1
    assert f"output folder {root.with_name('moved')}: was moved or copied" in outcome.text
    assert "move it back, or write to a new folder with --output" in outcome.text
