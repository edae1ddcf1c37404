"""The page: it stands alone, nothing in it becomes code, and it fits into a mail."""

import base64
import hashlib
import io
import itertools
import json
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image
from plotly.offline import get_plotlyjs

from components.report.choice import choose
from components.report.document import account
from components.report.flow import flow
from components.report.flow_drawing import NARROW, WIDE, draw
from components.report.forest import MARGIN, WIDTH, groups
from components.report.page import render
from components.report.pictures import SIDE, data_uri, within
from schemas.accounts.evaluation import MeasuredSubgroup
from schemas.accounts.report import ReportAccount
from tests.components.report.made_facts import PARAMS, evaluation, facts, hexadecimal, scores

pytestmark = pytest.mark.numpy

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}"
SECTIONS = (
    "gates", "data", "training", "performance", "subgroups", "errors", "model-card", "claim", "record",
)  # fmt: skip


def page(known=None, pictures=None, params=PARAMS, megabytes=9.5) -> str:
    """The page without plotly's own code."""
    known = known or facts()
    html = render(account(known, choose(known, params), params), pictures or {}, megabytes)
    assert html.count(get_plotlyjs()) == 1
    return html.replace(get_plotlyjs(), "")


def text(html: str) -> str:
    body = re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", html)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_verdict_the_figures_and_the_counts_stand_before_the_first_section():
    first = text(page().split('<div class="columns">')[0])
    known = facts().evaluation.splits["test"].slices
    assert "Blessed, pushed as version 1795000000" in first
    for name, label in (("auc", "AUC"), ("sensitivity", "Sensitivity"), ("specificity", "Specificity")):
        figure = known.metrics[name]
        assert f"{label} {figure.value:.3f}" in first
        assert f"{figure.low:.3f} to {figure.high:.3f}" in first
    missed = known.confusion.false_negative
    assert f"On 8 patients that it never saw it missed {missed} of {known.hemorrhages} slices" in first


def test_each_section_is_there_and_headings_step_down_one_at_a_time():
    html = page()
    assert re.findall(r'<h2 id="([^"]+)"', html) == list(SECTIONS)
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_page_asks_nothing_of_a_network_and_runs_no_script_but_its_own():
    html = render(account(facts(), choose(facts(), PARAMS), PARAMS), {}, 9.5)
    scripts = re.findall(r"(?s)<script>(.*?)</script>", html)
    allowed = re.search(r"script-src (.+?); img-src", unescape(html))[1].split()
    hashed = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    assert allowed == [f"'sha256-{one}'" for one in hashed]
    assert "default-src 'none'" in html
    bare = html.replace(get_plotlyjs(), "")
    assert not re.search(r"https?://", bare)
    assert not re.search(r"\b(src|href|action)\s*=\s*[\"'](?!#|data:)", bare)


def test_no_text_of_the_data_can_become_code():
    table = scores(attribute=f"{HOSTILE}={HOSTILE}")
    known = facts(table, ingest=facts().ingest.model_copy(
        update={"warnings": (HOSTILE,), "slicing_columns": (HOSTILE,), "rejected": {HOSTILE: 1}}
    ))  # fmt: skip
    params = PARAMS.model_copy(update={"owner": HOSTILE, "data_source": HOSTILE})
    html = page(known, params=params)
    assert HOSTILE not in html
    assert "<img src=x" not in html
    assert "49" not in re.findall(r"alert\(2\)&gt;[^&]*&[^&]*&[^&]*", html)  # no template was filled
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in html
    figures = re.search(r'(?s)id="figures">(.*?)</script>', html)[1]
    assert "alert" not in figures  # texts of the data are kept from plotly, which reads them as markup
    assert not set("<>&") & set(figures)


def test_a_confusion_matrix_and_every_metric_have_their_numbers():
    html, known = text(page()), facts().evaluation.splits
    assert f"hemorrhage {known['val'].slices.confusion.true_positive} " in html
    for name in ("average_precision", "brier", "ece", "log_loss"):
        assert f"{known['val'].slices.metrics[name].value:.3f}" in html


def test_without_a_test_split_validation_is_told_and_that_it_was_chosen_on():
    html = page(facts(scores(("train", "val"))))
    assert "since there is no test split" in text(html)
    assert 'id="plot-roc-val"' in html
    assert "plot-roc-test" not in html


def test_a_model_that_was_refused_is_told_with_the_gate_that_refused_it():
    table = scores()
    html = text(
        page(facts(table, blessed=False, pushed="", evaluation=evaluation(table, min_binary_accuracy=1.0)))
    )
    assert "Not blessed; nothing was pushed" in html
    assert "✗ not passed" in html


def test_a_run_that_stopped_early_has_a_page_too():
    nothing = facts(
        slice_filter=None, leakage=None, epochs=[], evaluation=None, scored=None, blessed=None, pushed=""
    )
    html = text(page(nothing))
    assert "No verdict" in html
    assert "The run did not come to an evaluation." in html


def test_pictures_that_do_not_fit_are_counted_and_their_slices_listed():
    known = facts()
    missed = choose(known, PARAMS).false_negatives
    uri = data_uri(np.zeros((8, 8), np.uint8))
    pictures = {f"errors/{one.slice_id}": uri for one in missed[:2]}
    html = page(known, pictures)
    assert html.count("<img ") == 2
    assert f"2 of {len(missed)} slices shown as pictures" in text(html)
    for one in missed:
        assert f"<td><code>{one.slice_id}</code></td>" in html


def test_the_page_keeps_to_its_size_whatever_there_is_to_show():
    known = facts()
    rows = [*choose(known, PARAMS).false_negatives, *choose(known, PARAMS).false_positives]
    big = {f"errors/{one.slice_id}": "data:image/webp;base64," + "A" * 200_000 for one in rows}
    html = render(account(known, choose(known, PARAMS), PARAMS), big, 6)
    assert len(html.encode()) <= 6_000_000
    assert 0 < html.count("<img ") < len(rows)


def test_equal_runs_have_equal_pages():
    assert page() == page()


def test_within_takes_pictures_in_order_and_passes_over_one_that_does_not_fit():
    assert within({"a": "xx", "b": "xxx", "c": "x"}, 4) == {"a": "xx", "c": "x"}


def test_a_slice_and_its_map_stand_side_by_side():
    grey = np.zeros((50, 100), np.uint16)
    grey[:, :50] = 65535
    heat = np.zeros((50, 100), np.uint8)
    heat[20:30, 70:80] = 255
    uri = data_uri(grey, heat)
    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert picture.size == (2 * SIDE, SIDE)
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    left, right = pixels[:, :SIDE], pixels[:, SIDE:]
    assert left[SIDE // 2, SIDE // 4].min() > 240  # 16 bits became 8 by their upper half
    spot = SIDE // 2, SIDE * 3 // 4
    assert np.ptp(left[spot]) < 20  # grey
    assert right[spot].max() > 100  # coloured where the map is


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_flow_is_drawn_within_its_width_with_all_its_words(width):
    reasons = {f"reason_{at}": 9 - at for at in range(9)}
    drawing = draw(flow(facts(ingest=facts().ingest.model_copy(update={"rejected": reasons}))), width)
    for left, box in re.findall(r'<rect x="(\d+)" y="\d+" width="(\d+)"', drawing):
        assert int(left) + int(box) <= width
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawing))
    for told in ("245 slices found", "9 reason 0", "10 for 4 other reasons", "240 slices kept", "Training"):
        assert told in " ".join(words.split())


def test_a_subgroup_is_drawn_where_its_figures_are():
    split = facts().evaluation.splits["test"]
    row = groups(split)[0]
    assert row.value == "all slices"
    figure = split.slices.metrics["specificity"]
    drawn = row.cells[1].drawing
    left = float(re.search(r'class="whisker" d="M([\d.]+)', drawn)[1])
    assert left == pytest.approx(MARGIN + figure.low * (WIDTH - 2 * MARGIN), abs=0.06)
    assert f"{figure.value:.3f}" in drawn


def test_a_group_that_is_too_small_is_counted_and_not_measured():
    split = facts().evaluation.splits["test"]
    small = MeasuredSubgroup(
        column="sex", value="other", slices=3, patients=1, hemorrhages=1, all_normals=False, metrics=None
    )
    row = groups(split.model_copy(update={"subgroups": (small,)}))[1]
    assert (row.slices, row.cells) == (3, [])


def test_report_json_is_what_the_page_is_made_of():
    told = account(facts(), choose(facts(), PARAMS), PARAMS)
    assert ReportAccount.from_json(told.to_json(), "report.json") == told
    assert hexadecimal(0) in json.dumps(json.loads(told.to_json())["slices"]["samples"])
