"""Where a model says hemorrhage: the threshold by a rule, and the temperature of its scores."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from schemas import features

__all__ = ["ThresholdRule", "apply_temperature", "choose_threshold", "fit_temperature"]

ThresholdRule = Literal["sensitivity", "youden", "specificity", "value"]

LEAST_PROBABILITY = 2.0**-24  # the logit of 0 or 1 is infinite; float32 knows nothing nearer to 1
COLDEST, HOTTEST = 0.1, 10.0  # temperatures beyond make scores all certain or all alike


def choose_threshold(
    hemorrhage: npt.NDArray[np.int8], probability: npt.NDArray[np.float32], rule: str, wanted: float
) -> float:
    """Returns the threshold, float32, 0..1, at or above which a score means hemorrhage.

    It lies in the middle between two neighbouring distinct scores (or a score and the end of 0..1), so that a
    score that comes out a little different in another batch stays on its side. Equal scores are never parted.

    Args:
      hemorrhage: (n,), the label, 0 or 1.
      probability: (n,), 0..1.
      rule: `sensitivity`: the largest threshold whose sensitivity is at least `wanted`; all slices called
        hemorrhage reach any. `specificity`: the smallest whose specificity is at least `wanted`; where so
        many normals have a score of 1 that none reaches it, the largest that says hemorrhage at all.
        `youden`: the largest sensitivity + specificity, the smallest of several, since a missed hemorrhage
        costs more than a false alarm. `value`: `wanted` itself.
      wanted: 0..1; `youden` does not look at it.
    Raises:
      ValueError: The rule is unknown, a label or a probability is none, or a class that the rule needs is
        missing.
    Example:
      >>> hemorrhage = np.array([0, 0, 1, 0, 1], np.int8)
      >>> probability = np.array([0.0, 0.25, 0.5, 0.75, 1.0], np.float32)
      >>> choose_threshold(hemorrhage, probability, "sensitivity", wanted=1.0)
      0.375
      >>> choose_threshold(hemorrhage, probability, "specificity", wanted=1.0)
      0.875
    """
    if rule not in get_args(ThresholdRule):
        raise ValueError(f"threshold.rule: must be one of {', '.join(get_args(ThresholdRule))}, got {rule!r}")
    if rule != "youden" and not 0 <= wanted <= 1:
        raise ValueError(f"threshold by {rule}: what is wanted must be within 0..1, got {wanted}")
    if rule == "value":
        return float(np.float32(wanted))
    _check(hemorrhage, probability)
    positives = int(np.count_nonzero(hemorrhage))
    normals = len(hemorrhage) - positives
    if (rule != "specificity" and not positives) or (rule != "sensitivity" and not normals):
        raise ValueError(
            f"threshold by {rule}: got {positives} slices with a hemorrhage and {normals} normal ones; the "
            "rule needs the class that is missing; set threshold.rule=value"
        )
    thresholds, found, alarms = _cuts(hemorrhage, probability)
    if rule == "sensitivity":  # the cuts rise, so the last one that reaches it
        return float(thresholds[np.flatnonzero(found / positives >= wanted)[-1]])
    if rule == "specificity":
        reached = np.flatnonzero((normals - alarms) / normals >= wanted)
        return float(thresholds[reached[0] if len(reached) else -1])
    return float(thresholds[np.argmax(found * normals - alarms * positives)])  # integers: ties stay ties


def _cuts(
    hemorrhage: npt.NDArray[np.int8], probability: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns all thresholds that make a difference, rising, and how many of each class are at or above."""
    scores, places = np.unique(np.asarray(probability, np.float32), return_inverse=True)
    of_score = np.bincount(places, minlength=len(scores))
    hemorrhages = np.bincount(places[hemorrhage == 1], minlength=len(scores))
    below = np.concatenate(([0], np.cumsum(of_score)))
    found = hemorrhages.sum() - np.concatenate(([0], np.cumsum(hemorrhages)))
    alarms = (len(probability) - below) - found
    ends = np.concatenate(([0.0], scores.astype(np.float64), [1.0]))
    thresholds = ((ends[:-1] + ends[1:]) / 2).astype(np.float32)
    # Between two neighbours of float32 is none: the upper one parts them too.
    thresholds[1:-1] = np.where(thresholds[1:-1] <= scores[:-1], scores[1:], thresholds[1:-1])
    if thresholds[-1] <= scores[-1]:  # nothing within 0..1 lies above a score of 1
        return thresholds[:-1], found[:-1], alarms[:-1]
    return thresholds, found, alarms


def fit_temperature(hemorrhage: npt.NDArray[np.int8], probability: npt.NDArray[np.float32]) -> float:
    """Returns the temperature, 0.1..10, by which logits are divided so that their log loss is lowest.

    The loss is convex in 1 / temperature. Where a threshold of 0.5 parts the classes without an error it has
    no minimum, since colder is always better: then the scores stay as they are, at a temperature of 1.

    Args:
      hemorrhage: (n,), the label, 0 or 1.
      probability: (n,), 0..1.
    Raises:
      ValueError: A label or a probability is none, or a class is missing.
    Source: Guo et al., On calibration of modern neural networks, ICML 2017, section 4.2.
    """
    _check(hemorrhage, probability)
    positives = int(np.count_nonzero(hemorrhage))
    if positives in (0, len(hemorrhage)):
        raise ValueError(
            f"temperature: got {positives} slices with a hemorrhage of {len(hemorrhage)}; both classes are "
            "needed; set threshold.temperature_scaling=false"
        )
    logits = logit(probability)
    signs = np.where(hemorrhage == 1, 1.0, -1.0)
    if (signs * logits > 0).all():
        return 1.0

    def slope(temperature: float) -> float:  # of the loss by 1 / temperature, so it falls
        return float(((special.expit(logits / temperature) - hemorrhage) * logits).sum())

    if slope(COLDEST) <= 0:
        return COLDEST
    return HOTTEST if slope(HOTTEST) >= 0 else float(optimize.brentq(slope, COLDEST, HOTTEST))


def apply_temperature(probability: npt.NDArray[np.float32], temperature: float) -> npt.NDArray[np.float32]:
    """Returns scores, float32 (n,), of logits divided by a temperature above 0, cut as when served."""
    margin = features.PROBABILITY_MARGIN
    cooled: npt.NDArray[np.float64] = special.expit(logit(probability) / temperature)
    return np.clip(cooled, margin, 1 - margin).astype(np.float32)


def logit(probability: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Returns log odds, float64 (n,), finite for scores of 0 and 1 too."""
    clipped = np.clip(np.asarray(probability, np.float64), LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return np.asarray(special.logit(clipped))


def _check(hemorrhage: npt.NDArray[np.int8], probability: npt.NDArray[np.float32]) -> None:
    if hemorrhage.shape != probability.shape or hemorrhage.ndim != 1 or not len(hemorrhage):
        raise ValueError(
            f"labels and scores must be two rows of one length above 0, got {hemorrhage.shape} and "
            f"{probability.shape}"
        )
    if not np.isin(hemorrhage, (0, 1)).all():
        raise ValueError(f"labels must be 0 or 1, got {np.unique(hemorrhage)[:5]}")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("scores must be within 0..1 and not NaN")
