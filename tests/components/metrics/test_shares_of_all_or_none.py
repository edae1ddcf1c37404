"""A sensitivity of 1 on four patients is not 1 for certain."""

import numpy as np
import pytest

from components.metrics.bootstrap import Resampling, estimates
from components.metrics.curves import calibration
from components.metrics.scored import Scored

pytestmark = pytest.mark.numpy

RESAMPLING = Resampling(replicates=500, confidence=0.95, seed=0)
# The lower end of Clopper and Pearson's interval at 0.95 where all of so many are right, by hand: the share
# with which that comes about in one of 40 cases, 0.025 ** (1 / n).
ALL_OF = {6: 0.5407, 12: 0.7354}


def scored(misses: int = 0) -> Scored:
    """Twelve patients of three slices; the first six have hemorrhages, of which some are missed."""
    patient = np.repeat(np.arange(12), 3)
    hemorrhage = (patient < 6).astype(np.int8)
    probability = np.where(hemorrhage == 1, 0.9, 0.2).astype(np.float32)
    probability[:misses] = 0.1
    return Scored.of(hemorrhage, probability, patient)


@pytest.mark.parametrize(
    ("metric", "patients"),
    [("sensitivity", 6), ("specificity", 6), ("accuracy", 12), ("ppv", 6), ("npv", 6)],
)
def test_a_share_of_all_has_the_exact_interval_of_as_many_patients(metric: str, patients: int):
    share = estimates(scored(), 0.5, 0.9, RESAMPLING)[metric]
    assert share.value == 1
    assert share.low == pytest.approx(ALL_OF[patients], abs=5e-5)
    assert share.high == 1


def test_a_share_of_none_has_it_at_the_other_end():
    share = estimates(scored(), 0.95, 0.9, RESAMPLING)["sensitivity"]
    assert share.value == 0
    assert share.low == 0
    assert share.high == pytest.approx(1 - ALL_OF[6], abs=5e-5)


def test_what_is_no_share_has_no_interval_where_all_replicates_are_the_same():
    auc = estimates(scored(), 0.5, 0.9, RESAMPLING)["auc"]
    assert auc.value == 1
    assert np.isnan(auc.low)
    assert np.isnan(auc.high)


def test_a_figure_without_an_interval_is_still_judged():
    assert not estimates(scored(), 0.5, 0.9, RESAMPLING)["auc"].too_few


def test_a_bin_of_hemorrhages_alone_has_the_exact_interval_of_its_patients():
    bins = calibration(scored(), RESAMPLING)
    last = bins[-1].observed
    assert last.value == 1
    assert 0 < last.low < 1
    assert last.high == 1


def test_a_share_below_all_keeps_its_bootstrap():
    share = estimates(scored(misses=3), 0.5, 0.9, RESAMPLING)["sensitivity"]
    assert share.value == pytest.approx(15 / 18)
    assert share.low < share.value < share.high
    assert share.high == 1
