"""The report at the end of a run: page, JSON, the commands that find it, and what a stopped run says."""

import json
import re
import shutil

import pytest

from schemas.accounts.model import TrainedOn
from tests.account_kinds import KINDS
from tests.components.report.browser import browsing, installed

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def done(place):
    outcome, run = place.run("evaluation.replicates=100")
    assert outcome.status == 0, outcome.text
    return outcome, run, run.output("Report", "report").path


def test_the_run_ends_with_the_place_of_its_report(done, place):
    outcome, _, folder = done
    shown = (folder / "report.html").relative_to(place.folder)
    assert f"report: {shown}; `ichor report --open` shows it" in outcome.text


def test_every_account_that_a_node_leaves_reads_as_its_type_and_is_written_as_it_was(done, place):
    files = [path for path in sorted(place.layout.artifacts.rglob("*.json")) if path.name in KINDS]
    assert {path.name for path in files} == KINDS.keys()
    for path in files:
        kind = TrainedOn if "Trainer" in path.parts and path.name == "ichor.json" else KINDS[path.name]
        text = path.read_text(encoding="utf-8")
        assert kind.from_json(text, str(path)).to_json() == text, path


def test_page_and_json_show_the_runs_own_numbers(done, place):
    _, run, folder = done
    report = json.loads((folder / "report.json").read_text())
    read = json.loads((run.output("SliceExampleGen", "report").path / "ingest.json").read_text())
    assert report["flow"]["found"] == read["found"] == 120
    assert report["verdict"]["pushed"] == place.pushed()[0]
    evaluation = json.loads((run.output("ModelGate", "evaluation").path / "evaluation.json").read_text())
    assert report["evaluation"] == evaluation
    assert report["data"]["fingerprint"] == run.nodes["SliceExampleGen"].properties["input_fingerprint"]
    lineage = {(entry["type"], entry["node"]) for entry in report["lineage"]}
    assert {
        ("Model", "OperatingPoint"),
        ("ichor.SliceScores", "SliceScorer"),
        ("PushedModel", "Pusher"),
    } <= lineage
    html = (folder / "report.html").read_text()
    assert f"Blessed, pushed as version {place.pushed()[0]}" in html
    missed = report["slices"]["false_negatives"]
    assert all(entry["slice_id"] in html for entry in missed)


def test_neither_names_a_file_a_patient_or_a_place(done, place):
    folder = done[2]
    names = {path.stem for path in (place.folder / "phantoms").rglob("*.png")}
    for name in ("report.html", "report.json"):
        text = (folder / name).read_text()
        assert str(place.folder) not in text
        assert not names & set(re.findall(r"p\d{3}_s\d{2}", text))


@pytest.mark.skipif(installed() is None, reason="no Chromium is installed: apt-get install chromium")
def test_the_page_opens_without_complaint_and_loads_nothing(done):
    page = done[2] / "report.html"
    with browsing(installed()) as opened:
        opened.open(page)
        assert opened.complaints == []
        assert [url for url in opened.requests if not url.startswith("data:")] == [page.as_uri()]
        assert opened.ask("document.querySelectorAll('.gallery img').length") > 10


def test_a_report_that_is_gone_is_made_anew_from_the_artifacts(done, place):
    _, run, folder = done
    assert place.ichor("report").text.split() == [str(folder / "report.html")]
    before = (folder / "report.json").read_text()
    shutil.move(folder, folder.with_name("away"))
    try:
        (path,) = place.ichor("report", run.id).text.split()
        assert path == str(place.layout.root / "reports" / run.id / "report.html")
        assert (place.layout.root / "reports" / run.id / "report.json").read_text() == before
        (place.layout.root / "reports" / run.id / "report.json").write_text("of before")
        place.ichor("report", run.id)
        assert (place.layout.root / "reports" / run.id / "report.json").read_text() == before
    finally:
        shutil.move(folder.with_name("away"), folder)


def test_a_stopped_run_says_where_it_stopped_and_where_to_look(done, place):
    outcome, run = place.run("evaluation.replicates=100", "filter.min_brain_share=0.9")
    assert outcome.status == 1
    outcome = place.ichor("report")
    assert outcome.status == 1
    assert (
        f"ichor: run {run.id} has no report, for it stopped at SliceFilter (failed); what it left"
        in outcome.text
    )
    assert re.search(r"behind: \S+/stopped-\d+; its reason: \S+\.log", outcome.text)


def test_runs_lists_all_with_figures_and_what_was_set_otherwise(done, place):
    _, run, folder = done
    lines = place.ichor("runs").text.splitlines()
    first = next(line for line in lines if line.startswith(run.id))
    assert f"pushed {place.pushed()[0]}" in first
    auc = json.loads((folder / "report.json").read_text())["evaluation"]["splits"]["val"]["slices"][
        "metrics"
    ]["auc"]
    assert f"{auc['value']:.3f}" in first
    assert any("stopped at SliceFilter" in line for line in lines)
    assert "    filter.min_brain_share: 0.02 -> 0.9" in lines
    runs = json.loads(place.ichor("runs", "--json").text)
    assert [run["verdict"].split()[0] for run in runs] == ["pushed", "stopped"]
    assert runs[1]["changed"] == {"filter.min_brain_share": [0.02, 0.9]}
    assert not any("key_file" in key for key in runs[0]["settings"])
