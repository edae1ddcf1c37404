"""The page of a comparison: its contents, and that it needs no other file."""

import json
import re

import pytest
from plotly.offline import get_plotlyjs

from components.drift.meanings import MEANINGS
from components.drift.page import render
from components.drift.verdict import Comparison, Feature, Shares
from schemas import features as f

pytestmark = pytest.mark.numpy

HOSTILE = "</script><img src=x>"
BUCKETS = [f"{at / 12:.2f} to {(at + 1) / 12:.2f}" for at in range(12)]


def feature(name: str, value: float, threshold: float = 0.1) -> Feature:
    numbers = {"labels": BUCKETS, "mean": 0.5, "deviation": 0.1}
    training, new = [1 / 12] * 12, [0.25, *[0.75 / 11] * 11]
    return Feature(
        name, "Jensen-Shannon divergence", value, threshold,
        Shares(shares=training, **numbers), Shares(shares=new, **numbers),
    )  # fmt: skip


def comparison(*features: Feature, new_fit: int = 270) -> Comparison:
    return Comparison(
        features=features, not_compared=(), training_slices=580, new_slices=320,
        training_fit=485, new_fit=new_fit, min_slices=200,
    )  # fmt: skip


def page(*features: Feature, model: str = "1795500834", rejected=None, new_fit: int = 270) -> str:
    """The page without plotly's own code."""
    html = render(comparison(*features, new_fit=new_fit), model, rejected or {})
    assert html.count(get_plotlyjs()) == 1
    return html.replace(get_plotlyjs(), "")


def text(html: str) -> str:
    body = re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", html)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_verdict_comes_first_with_what_moved_furthest():
    shown = text(page(feature(f.NOISE, 0.6), feature(f.HEAD_ASPECT, 0.2), feature(f.CONTRAST, 0.05)))
    assert shown.index("Drift: 2 of 3 features moved") < shown.index("Slices")
    assert "Furthest beyond its limit: noise , head_aspect ." in shown


def test_without_drift_it_does_not_say_that_the_model_is_good():
    shown = text(page(feature(f.NOISE, 0.06)))
    assert "No drift: none of 1 features moved" in shown
    assert "says nothing of how well it scores them" in shown
    assert " moved " not in shown.split("Slices")[1].split("Histograms")[0]


def test_each_feature_has_its_row_its_meaning_and_its_histogram():
    html = page(feature(f.NOISE, 0.6), feature(f.HEAD_ASPECT, 0.05))
    shown = text(html)
    for name, value in ((f.NOISE, "0.600"), (f.HEAD_ASPECT, "0.050")):
        assert f"{name} {MEANINGS[name]} 0.5 ± 0.1 0.5 ± 0.1 {value} 0.10" in shown
        assert f'id="{name}"' in html
    charts = json.loads(re.search(r"const charts = (.*);", html)[1])
    (training, new) = charts[0]["bars"]
    assert (training["name"], new["name"]) == ("training", "new")
    assert new["x"] == BUCKETS
    assert new["y"][0] == 25.0
    assert charts[0]["ticks"] == ["0.08", "0.33", "0.58", "0.83"]


def test_counts_rejections_and_warnings_are_on_the_page():
    shown = text(page(feature(f.NOISE, 0.6), rejected={"truncated": 2, "not_an_image": 7}, new_fit=150))
    assert "slices read 580 320" in shown
    assert "with enough brain to be compared 485 150" in shown
    assert shown.index("not read: not_an_image 7") < shown.index("not read: truncated 2")
    assert "only 150 of 320 new slices are fit to be compared; below 200 (drift.min_slices)" in shown


def test_the_page_loads_nothing_from_a_network():
    html = page(feature(f.NOISE, 0.6))
    assert "http://" not in html
    assert "https://" not in html
    assert not re.search(r"\b(src|href)\s*=\s*[\"'](?!#)", html)
    assert "default-src 'none'" in html


def test_nothing_on_the_page_can_become_code():
    mean = Shares([HOSTILE, "b"], [0.5, 0.5])
    hostile = Feature(f.FILTER_REASON, HOSTILE, 0.5, 0.1, mean, mean)
    html = page(hostile, model=HOSTILE, rejected={HOSTILE: 1})
    assert HOSTILE not in html
    assert json.loads(re.search(r"const charts = (.*);", html)[1])[0]["bars"][0]["x"][0] == HOSTILE


def test_every_column_has_a_meaning():
    columns = {f.HEIGHT, f.WIDTH, *f.MEASURES, *f.HU_MEASURES, f.FILTER_REASON, f.WINDOWS}
    assert set(MEANINGS) == columns
