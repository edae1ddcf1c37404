"""The page in a real browser: nothing is complained of, nothing is asked for, nothing hostile runs."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from components.report.choice import choose
from components.report.document import account
from components.report.page import render
from components.report.pictures import data_uri
from tests.components.report.browser import browsing, installed
from tests.components.report.made_facts import PARAMS, facts, scores

pytestmark = pytest.mark.numpy

BROWSER = installed()
CONTRAST = Path(__file__).parent / "contrast.js"
HOSTILE = '<img src=x onerror="window.broken=1"></script><script>window.broken=2</script>{{7*7}}'
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium is installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report with a picture of each error, whose columns, values and warnings want to run."""
    table = scores(attribute=f"sex{HOSTILE}={HOSTILE}")
    known = facts(table)
    known = dataclasses.replace(known, ingest=known.ingest.model_copy(update={"warnings": (HOSTILE,)}))
    choice = choose(known, PARAMS)
    rng = np.random.default_rng(0)
    pictures = {
        f"errors/{one.slice_id}": data_uri(
            rng.integers(0, 255, (64, 64), np.uint8), rng.integers(0, 255, (64, 64), np.uint8)
        )
        for one in [*choice.false_negatives, *choice.false_positives]
    }
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render(account(known, choice, PARAMS), pictures, PARAMS.max_megabytes), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def page():
    with browsing(BROWSER) as opened:
        yield opened


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_complaint_and_asks_for_nothing(page, report, width, scheme):
    page.complaints.clear()
    page.requests.clear()
    page.open(report, width, scheme)
    page.ask("document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })")
    page.ask("new Promise((done) => setTimeout(done, 300))")
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("data:")] == [report.as_uri()]


@needs_browser
@pytest.mark.parametrize("width", [1280, 390])
def test_all_sections_plots_and_pictures_are_there_and_nothing_sticks_out(page, report, width):
    page.open(report, width)
    assert page.ask("document.querySelectorAll('main section h2').length") == 9
    plots = page.ask(
        "[...document.querySelectorAll('.plot')].map((one) => one.querySelectorAll('svg').length)"
    )
    assert len(plots) == 12
    assert min(plots) > 0
    assert page.ask("document.querySelectorAll('.gallery img').length") > 5
    assert page.ask("document.documentElement.scrollWidth") <= width


@needs_browser
def test_hostile_values_are_shown_as_they_are_and_never_run(page, report):
    page.open(report)
    for event in ("click", "mouseover"):
        page.ask(
            f"document.querySelectorAll('details, .plot').forEach((one) => {{ one.open = true; "
            f"one.dispatchEvent(new MouseEvent('{event}', {{ bubbles: true }})); }})"
        )
    assert page.ask("window.broken === undefined")
    assert page.ask("document.querySelector('.warning').textContent") == f"Warning: {HOSTILE}"
    heads = page.ask("[...document.querySelectorAll('.forests tbody th')].map((one) => one.textContent)")
    assert any(HOSTILE in head for head in heads)


@needs_browser
def test_a_browser_that_is_told_to_run_a_foreign_script_refuses(page, report):
    page.open(report)
    page.ask(
        "(() => { const one = document.createElement('script'); one.textContent = 'window.broken = 3'; "
        "document.body.append(one); })()"
    )
    assert page.ask("window.broken === undefined")


@needs_browser
def test_all_text_stands_out_from_what_is_behind_it(page, report):
    """Contrast of text and background by WCAG 2.1, 1.4.3: at least 4.5 to 1."""
    for scheme in ("light", "dark"):
        page.open(report, 1280, scheme)
        assert page.ask(CONTRAST.read_text()) == [], scheme


@needs_browser
def test_every_picture_has_a_text_and_every_table_heads(page, report):
    page.open(report)
    assert page.ask("[...document.images].every((one) => one.alt.length > 10)")
    assert page.ask("[...document.querySelectorAll('svg[role=img], .plot')].every((one) => one.ariaLabel)")
    assert page.ask("[...document.querySelectorAll('th')].every((one) => one.scope)")
    assert page.ask("['header', 'nav', 'main', 'footer'].every((one) => document.querySelector(one))")
