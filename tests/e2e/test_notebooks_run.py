"""The notebooks, executed by a kernel of their own on one small run."""

import io
import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
LONGEST = 300  # seconds a cell


@pytest.fixture(scope="module")
def ran(place):
    outcome, run = place.run()
    assert outcome.status == 0, outcome.text
    return run


@pytest.fixture(scope="module")
def executed(place, ran):
    """Executes a notebook on the run, and returns its cells' outputs by the cells' ids."""

    def execute(name: str) -> dict[str, list]:
        notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ICHOR_DATA", str(place.folder / "phantoms"))
            patch.setenv("ICHOR_OUTPUT", str(place.layout.root))
            resources = {"metadata": {"path": str(ROOT)}}
            NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources=resources).execute()
        return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}

    return execute


def printed(outputs: list) -> str:
    return "".join(
        output.text for output in outputs if output.output_type == "stream" and output.name == "stdout"
    )


def shown(outputs: list, kind: str) -> list:
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def table(outputs: list) -> pd.DataFrame:
    (html,) = shown(outputs, "text/html")
    return pd.read_html(io.StringIO(html))[0]


def figure(outputs: list) -> dict:
    (drawn,) = shown(outputs, "application/vnd.plotly.v1+json")
    return drawn


def test_the_first_shows_the_data_and_what_the_filter_drops(executed, ran):
    cells = executed("01_data.ipynb")
    dropped = json.loads((ran.output("SliceFilter", "report").path / "filter.json").read_text())["totals"]
    assert "slices          120:" in printed(cells["inspect"])
    assert f"run {ran.id}: 120 slices in, {dropped['kept']} kept" in printed(cells["run-drops"])
    reasons = {trace["name"] for trace in figure(cells["brain-share"])["data"]}
    assert reasons == {"keep"} | {reason for reason, count in dropped["dropped"].items() if count}
    assert len(shown(cells["sheet"], "image/png")) == len(shown(cells["run-sheet"], "image/png")) == 1


def test_the_second_shows_the_evaluation_by_our_own_figures_and_by_tfma_and_tfdv(executed, ran):
    cells = executed("02_evaluation.ipynb")
    evaluation = json.loads((ran.output("ModelGate", "evaluation").path / "evaluation.json").read_text())
    assert f"'threshold': {evaluation['operating_point']['threshold']}" in printed(cells["metrics"])
    assert {trace.get("name") for trace in figure(cells["roc"])["data"]} >= {"train", "val", "test"}
    by_tfma = shown(cells["tfma"], "text/html")
    assert "binary_accuracy" in by_tfma[0]
    assert "brain_share" in shown(cells["tfdv-statistics"], "text/html")[0]
    assert "No anomalies found" in shown(cells["tfdv-anomalies"], "text/html")[0]
    called = table(cells["threshold"]).to_numpy()
    slices = sum(split["slices"]["count"] for split in evaluation["splits"].values())
    assert called[:, 2:].astype(int).sum() == slices


def test_the_third_scores_explains_and_answers_as_a_server_does(executed):
    cells = executed("03_pushed_model.ipynb")
    assert len(shown(cells["explain"], "image/png")) == 3
    answer = table(cells["answer"]).set_index("error")
    assert list(answer["hemorrhage"])[2] == -1
    assert answer.index[2] == "not a PNG or JPEG image that can be decoded"
    scores = [float(line.split()[1]) for line in printed(cells["explain"]).splitlines()]
    assert list(answer["probability"][:2].round(3)) == scores[:2]
