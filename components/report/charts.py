"""The page's plots as plotly takes them; colours are names of the page's own, "@slices" for example.

No text that comes from the data gets into a plot, since plotly reads texts as a kind of HTML.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from components.report.traces import Chart, band, bars, chart, line
from components.report.wording import UNITS, counted, interval, metric
from schemas.accounts.evaluation import EvaluatedSplit, EvaluationAccount, Figure, Measured
from schemas.features import CLASSES, JUDGED, SPLIT_NAMES
from schemas.history import Row, best_epoch

SHARE = {"range": [-0.02, 1.02], "dtick": 0.2, "constrain": "domain"}


def training(rows: Sequence[Row]) -> list[Chart]:
    """Returns loss and accuracy by epoch, with the exported epoch marked; nothing without epochs."""
    if not rows:
        return []
    best = best_epoch(rows)
    return [
        _epochs("loss", "Loss by epoch", "binary cross-entropy", rows, best),
        _epochs("binary_accuracy", "Accuracy by epoch, at 0.5", "share called rightly", rows, best),
    ]


def judged(evaluation: EvaluationAccount) -> list[Chart]:
    """Returns the plots of the splits that were not trained on: a kind of plot after the other."""
    threshold = evaluation.operating_point.threshold
    splits = [(name, evaluation.splits[name]) for name in JUDGED if name in evaluation.splits]
    charts = []
    for draw in (_roc, _precision_recall, _calibration):
        charts += [draw(name, split) for name, split in splits]
    for unit in UNITS:
        charts += [_histogram(name, unit, split.by_unit()[unit], threshold) for name, split in splits]
    return charts


def _epochs(metric: str, title: str, axis: str, rows: Sequence[Row], best: int) -> Chart:
    epochs = [row.epoch for row in rows]
    exported = next(row for row in rows if row.epoch == best)
    lines = [
        {
            **line([*epochs], [getattr(row, name) for row in rows], label, colour, dash),
            "mode": "lines+markers",
            "marker": {"symbol": symbol, "size": 7},
            "hovertemplate": f"epoch %{{x}}: %{{y:.4f}}<extra>{label}</extra>",
        }
        for name, label, colour, dash, symbol in (
            (metric, "training", "@normal", "dash", "square"),
            (f"val_{metric}", "validation", "@slices", "solid", "circle"),
        )
    ]
    mark = {
        "type": "scatter", "mode": "markers", "x": [best], "y": [getattr(exported, f"val_{metric}")],
        "name": "exported", "marker": {
            "symbol": "circle-open", "size": 16, "color": "@ink", "line": {"width": 2.5, "color": "@ink"},
        }, "hovertemplate": "exported: epoch %{x}<extra></extra>",
    }  # fmt: skip
    before = rows[0]
    caption = (
        f"{title}. Before training {getattr(before, f'val_{metric}'):.4f} on validation; exported is epoch "
        f"{best} with {getattr(exported, f'val_{metric}'):.4f}."
    )
    layout = {
        "xaxis": {"title": {"text": "epoch; 0 is before training"}, "dtick": max(1, len(rows) // 10)},
        "yaxis": {"title": {"text": axis}, "rangemode": "tozero"},
    }
    return chart(f"training-{metric}", title, caption, [*lines, mark], layout)


def _roc(name: str, split: EvaluatedSplit) -> Chart:
    traces: list[dict[str, Any]] = [
        {**line([0, 1], [0, 1], "guessing", "@faint", "dot"), "hoverinfo": "skip", "showlegend": False}
    ]
    for unit, colour, dash in (("slices", "@slices", "solid"), ("patients", "@patients", "dash")):
        measured, title = split.by_unit()[unit], UNITS[unit]
        curve = measured.roc
        x = curve.false_positive_rate
        if unit == "slices" and None not in curve.low and None not in curve.high:
            traces.append(band(x, curve.low, curve.high, "@slices-band"))
        traces.append(
            {
                **line(x, curve.sensitivity, title, colour, dash),
                "customdata": curve.threshold,
                "hovertemplate": f"false positives %{{x:.3f}}<br>sensitivity %{{y:.3f}}<br>threshold "
                f"%{{customdata:.3f}}<extra>{title}</extra>",
            }
        )
        traces.append(_operating(measured, colour, title))
    caption = f"ROC curve, {SPLIT_NAMES[name]}: {_areas(split, 'auc')}"
    layout = {
        "xaxis": {**SHARE, "title": {"text": "1 − specificity"}},
        "yaxis": {**SHARE, "title": {"text": "sensitivity"}},
    }
    return chart(f"roc-{name}", f"ROC, {SPLIT_NAMES[name]}", caption, traces, layout)


def _operating(unit: Measured, colour: str, title: str) -> dict[str, Any]:
    sensitivity, specificity = (unit.metrics.get(key) for key in ("sensitivity", "specificity"))
    x, y, across, up = [], [], {}, {}
    if sensitivity and specificity and sensitivity.value is not None and specificity.value is not None:
        x, across = [1 - specificity.value], bars([(specificity.value, specificity)])
        y, up = [sensitivity.value], bars([(sensitivity.value, sensitivity)])
    return {
        "type": "scatter", "mode": "markers", "showlegend": False, "name": f"threshold, {title}",
        "x": x, "y": y, "error_x": across, "error_y": up,
        "marker": {"symbol": "diamond", "size": 11, "color": colour, 
            "line": {"width": 1.5, "color": "@paper"}},
        "hovertemplate": f"at the threshold<br>false positives %{{x:.3f}}<br>sensitivity %{{y:.3f}}"
        f"<extra>{title}</extra>",
    }  # fmt: skip


def _precision_recall(name: str, split: EvaluatedSplit) -> Chart:
    traces = []
    for unit, colour, dash in (("slices", "@slices", "solid"), ("patients", "@patients", "dash")):
        measured, title = split.by_unit()[unit], UNITS[unit]
        curve = measured.precision_recall
        hover = "recall %{x:.3f}<br>precision %{y:.3f}<br>threshold %{customdata:.3f}"
        traces.append(
            {
                **line(curve.recall, curve.precision, title, colour, dash),
                "customdata": curve.threshold,
                "hovertemplate": f"{hover}<extra>{title}</extra>",
            }
        )
        share = measured.hemorrhages / max(measured.count, 1)
        traces.append(
            {
                **line([0, 1], [share, share], "guessing", colour, "dot", 1),
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    areas = _areas(split, "average_precision")
    caption = f"Precision and recall, {SPLIT_NAMES[name]}: {areas}"
    layout = {
        "xaxis": {**SHARE, "title": {"text": "recall (sensitivity)"}},
        "yaxis": {**SHARE, "title": {"text": "precision"}},
    }
    return chart(f"pr-{name}", f"Precision and recall, {SPLIT_NAMES[name]}", caption, traces, layout)


def _calibration(name: str, split: EvaluatedSplit) -> Chart:
    traces: list[dict[str, Any]] = [
        {**line([0, 1], [0, 1], "as it should be", "@faint", "dot"), "hoverinfo": "skip", "showlegend": False}
    ]
    for unit, colour, dash, symbol in (
        ("slices", "@slices", "solid", "circle"), ("patients", "@patients", "dash", "square"),
    ):  # fmt: skip
        bins = [
            each for each in split.by_unit()[unit].calibration if each.count and each.observed is not None
        ]
        title = UNITS[unit]
        traces.append(
            {
                **line(
                    [each.mean_probability for each in bins],
                    [each.observed for each in bins],
                    title,
                    colour,
                    dash,
                ),
                "mode": "lines+markers",
                "marker": {"symbol": symbol, "size": 8},
                "error_y": bars((each.observed, each) for each in bins),
                "customdata": [each.count for each in bins],
                "hovertemplate": "mean score %{x:.3f}<br>observed %{y:.3f} of %{customdata}"
                f"<extra>{title}</extra>",
            }
        )
    caption = f"Calibration, {SPLIT_NAMES[name]}: {_areas(split, 'ece')}"
    layout = {
        "xaxis": {**SHARE, "title": {"text": "mean score"}},
        "yaxis": {**SHARE, "title": {"text": "observed share of hemorrhages"}},
    }
    return chart(f"calibration-{name}", f"Calibration, {SPLIT_NAMES[name]}", caption, traces, layout)


def _histogram(name: str, unit: str, measured: Measured, threshold: float) -> Chart:
    pairs = list(pairwise(measured.histogram.edges))
    by_class = dict(zip(CLASSES, (measured.histogram.normal, measured.histogram.hemorrhage), strict=True))
    shares = {label: [100 * n / max(sum(counts), 1) for n in counts] for label, counts in by_class.items()}
    traces: list[dict[str, Any]] = [
        {
            "type": "bar", "name": label, "x": [(low + high) / 2 for low, high in pairs],
            "y": [sign * share for share in shares[label]], "width": [high - low for low, high in pairs],
            "customdata": by_class[label],
            "marker": {"color": f"@{label}", "pattern": {"shape": pattern, "size": 6, "solidity": 0.5}},
            "hovertemplate": f"%{{customdata}} {label}, score about %{{x:.3f}}<extra></extra>",
        }
        for label, sign, pattern in (("hemorrhage", 1, "/"), ("normal", -1, ""))
    ]  # fmt: skip
    title = f"Scores {UNITS[unit]}, {SPLIT_NAMES[name]}"
    caption = (
        f"Of {counted(measured.hemorrhages, 'hemorrhage')} (upwards) and "
        f"{counted(measured.normals, 'normal')} (downwards) how many percent have which score; "
        f"the threshold is {threshold:.3f}."
    )
    before = threshold < 0.75
    layout = {
        "barmode": "overlay",
        "xaxis": {"range": [0, 1], "dtick": 0.2, "title": {"text": "score"}},
        "yaxis": {"title": {"text": "percent of the class"}, "zerolinecolor": "@ink", **_mirrored(shares)},
        "shapes": [
            {"type": "line", "x0": threshold, "x1": threshold, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": "@ink", "width": 1.5, "dash": "dash"}}
        ],
        "annotations": [
            {"x": threshold, "y": 1.0, "yref": "paper", "text": "threshold", "showarrow": False,
             "yanchor": "top",
             "xanchor": "left" if before else "right", "xshift": 4 if before else -4}
        ],
    }  # fmt: skip
    return chart(f"histogram-{unit}-{name}", title, caption, traces, layout)


def _mirrored(shares: Mapping[str, Sequence[float]]) -> dict[str, list]:
    """Returns ticks of an axis that counts up in both directions."""
    step = next(step for step in (5, 10, 20, 50) if max(map(max, shares.values())) <= 4 * step or step == 50)
    ticks = [step * at for at in range(-100 // step, 100 // step + 1)]
    return {"tickvals": ticks, "ticktext": [str(abs(tick)) for tick in ticks]}


def _areas(split: EvaluatedSplit, name: str) -> str:
    areas = []
    for unit, measured in split.by_unit().items():
        figure = measured.metrics.get(name)
        if figure and figure.value is not None:
            areas.append(f"{metric(name).words} {UNITS[unit]} {figure.value:.3f}" + _within(figure))
    return "; ".join(areas) + "."


def _within(figure: Figure) -> str:
    ends = interval(figure)
    return f" ({ends})" if ends else ""
