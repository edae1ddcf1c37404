"""Every metric of a table of scores, once: its figure, its name and wording, its direction, its gates.

A new metric is one entry of `CATALOGUE`: it is then measured with its interval, compared between models, and
shown in the report and on the terminal. A gate on it is a `Bound` that names a setting of `GateParams`.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from components.metrics import ranking
from components.metrics.ranking import Cuts, Floats
from components.metrics.scored import Scored
from components.metrics.tallies import Tallies

__all__ = ["CATALOGUE", "HEADLINES", "Bound", "Metric", "bounds", "in_report_order"]

Mask = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Bound:
    """What a model has to reach in a metric on the validation split.

    Attributes:
      setting: Field of `GateParams` that holds the bound.
      of: What is compared with it: the figure, the lower end of its interval, or the difference to the latest
        blessed model's on the same slices, where the setting is how much worse it may be.
      gate: Name of the gate, formatted with the settings of `GateParams`.
      note: What a reader should know beside it, formatted with `value`, `interval` and the figures of all
        metrics by their names.
      off: Value of the setting that demands nothing; None for a gate that is always there.
      by_evaluator: TFMA's Evaluator measures and judges the same.
    """

    setting: str
    of: Literal["figure", "lower end", "difference"]
    gate: str
    note: str = "{interval}"
    off: float | None = None
    by_evaluator: bool = False


@dataclasses.dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes:
      label: Name for a reader.
      meaning: What it says, in a few words.
      report_row: Place in the report's table, from the most telling one down.
      lower_is_better: A lower figure is that of a better model.
      at_threshold: Depends on the model's operating threshold.
      headline: One of the few that stand in lists of runs, headlines and figures of subgroups.
      of_subgroups: `gate.subgroup_metric` may name it.
      share_of: For a share of rows: of the scored rows and which are called a hemorrhage, the rows that it is
        a share of, bool (n,); one of none or all has an exact interval. None for others, such as an AUC.
      bounds: Gates on it.
    """

    label: str
    meaning: str = ""
    report_row: int = 0
    _: dataclasses.KW_ONLY
    lower_is_better: bool = False
    at_threshold: bool = False
    headline: bool = False
    of_subgroups: bool = False
    share_of: Callable[[Scored, Mask], Mask] | None = None
    bounds: tuple[Bound, ...] = ()

    @property
    def words(self) -> str:
        """The label as it stands within a sentence."""
        return self.label if self.label.isupper() else self.label[0].lower() + self.label[1:]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RankMetric(Metric):
    """A metric of the order of scores.

    Attributes:
      measure: Of the cuts of w weightings and of `GateParams.at_specificity`, float64 (w,).
    """

    measure: Callable[[Cuts, float], Floats]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SumMetric(Metric):
    """A metric of sums over rows.

    Attributes:
      measure: Of the sums of w weightings, float64 (w,).
    """

    measure: Callable[[Tallies], Floats]


def _all_rows(scored: Scored, called: Mask) -> Mask:
    return np.ones(len(scored), np.bool_)


def _hemorrhages(scored: Scored, called: Mask) -> Mask:
    hemorrhages: Mask = scored.hemorrhage == 1
    return hemorrhages


# In the order in which they are measured, written and listed on the terminal.
CATALOGUE: dict[str, RankMetric | SumMetric] = {
    "auc": RankMetric(
        "AUC", "chance that a hemorrhage scores higher than a normal; 0.5 is guessing", 0,
        headline=True, of_subgroups=True, measure=lambda cut, _: ranking.auc(cut),
        bounds=(
            Bound(
                "max_auc_drop", "difference", "auc against the latest blessed model",
                "difference on the same slices, {interval}", off=1.0,
            ),
        ),
    ),
    "average_precision": RankMetric(
        "Average precision", "area under precision against recall", 7,
        measure=lambda cut, _: ranking.average_precision(cut),
    ),
    "accuracy": SumMetric(
        "Accuracy", "share called rightly, at the threshold", 5,
        at_threshold=True, share_of=_all_rows, measure=Tallies.accuracy,
    ),
    "binary_accuracy": SumMetric(
        "Accuracy at 0.5", "the same at a threshold of 0.5, as Keras defines it", 6,
        of_subgroups=True, share_of=_all_rows, measure=Tallies.binary_accuracy,
        bounds=(
            Bound(
                "min_binary_accuracy", "figure", "binary_accuracy",
                "at 0.5, {interval}; accuracy at the operating threshold is {accuracy:.4f}",
                by_evaluator=True,
            ),
            Bound(
                "max_accuracy_drop", "difference", "binary_accuracy against the latest blessed model",
                "difference on the same slices, {interval}", by_evaluator=True,
            ),
        ),
    ),
    "balanced_accuracy": SumMetric(
        "Balanced accuracy", "mean of sensitivity and specificity", 4,
        at_threshold=True, of_subgroups=True, measure=Tallies.balanced_accuracy,
    ),
    "sensitivity": SumMetric(
        "Sensitivity", "share of the hemorrhages that are called one, at the threshold", 1,
        at_threshold=True, headline=True, of_subgroups=True, share_of=_hemorrhages,
        measure=Tallies.sensitivity,
    ),
    "specificity": SumMetric(
        "Specificity", "share of the normals that are called normal, at the threshold", 2,
        at_threshold=True, headline=True, of_subgroups=True,
        share_of=lambda scored, called: scored.hemorrhage == 0, measure=Tallies.specificity,
    ),
    "f1": SumMetric(
        "F1", "harmonic mean of precision and sensitivity, at the threshold", 8,
        at_threshold=True, measure=Tallies.f1,
    ),
    "brier": SumMetric(
        "Brier score", "mean squared distance of score and label", 11,
        lower_is_better=True, measure=Tallies.brier,
    ),
    "ece": SumMetric(
        "Calibration error", "how far scores are from observed shares (ECE)", 12,
        lower_is_better=True, measure=Tallies.calibration_error,
        bounds=(Bound("max_ece", "figure", "ece", off=1.0),),
    ),
    "log_loss": SumMetric(
        "Log loss", "binary cross-entropy", 13,
        lower_is_better=True, measure=Tallies.log_loss,
    ),
    "ppv": SumMetric(
        "Positive predictive value", "share of those called hemorrhage that are one", 9,
        at_threshold=True, share_of=lambda scored, called: called,
        measure=Tallies.positive_predictive_value,
    ),
    "npv": SumMetric(
        "Negative predictive value", "share of those called normal that are", 10,
        at_threshold=True, share_of=lambda scored, called: ~called,
        measure=Tallies.negative_predictive_value,
    ),
    "sensitivity_at_specificity": RankMetric(
        "Sensitivity at fixed specificity", "the best there is at the specificity that the gate names", 3,
        share_of=_hemorrhages, measure=ranking.sensitivity_at_specificity,
        bounds=(
            Bound(
                "min_sensitivity_bound", "lower end",
                "sensitivity at a specificity of {at_specificity:g}, lower end",
                "sensitivity is {value:.4f}, {interval}", off=0.0,
            ),
        ),
    ),
}  # fmt: skip

HEADLINES = tuple(name for name, metric in CATALOGUE.items() if metric.headline)
OF_SUBGROUPS = tuple(sorted(name for name, metric in CATALOGUE.items() if metric.of_subgroups))


def in_report_order() -> list[str]:
    """Returns the names of all metrics, the most telling first."""
    return sorted(CATALOGUE, key=lambda name: CATALOGUE[name].report_row)


def bounds() -> Iterator[tuple[str, Bound]]:
    """Yields each gate after its metric's name: Evaluator's first, those on differences after the others."""
    every = [(name, bound) for name in in_report_order() for bound in CATALOGUE[name].bounds]
    yield from sorted(every, key=lambda item: (not item[1].by_evaluator, item[1].of == "difference"))
