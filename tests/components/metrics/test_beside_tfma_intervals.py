"""TFMA's own confidence intervals beside ours, on slices of patients who are hard in all of their slices."""

import numpy as np
import pandas as pd
import pytest
import tfx.v1  # noqa: F401 - before TFMA, which is hollow without it
from clustered_scores import clustered
from google.protobuf import text_format

import tensorflow_model_analysis as tfma  # isort: skip

from components.metrics.bootstrap import Estimate, Resampling, estimates
from components.metrics.scored import Scored

pytestmark = pytest.mark.tfx

ROWS = clustered(60, 15, seed=0)
RESAMPLING = Resampling(2000, 0.95, 0)


@pytest.fixture(scope="module", params=["JACKKNIFE", "POISSON_BOOTSTRAP"])
def by_tfma(request: pytest.FixtureRequest) -> dict[str, Estimate]:
    config = f"""
        model_specs {{ label_key: "label" prediction_key: "prediction" }}
        slicing_specs {{}}
        metrics_specs {{
          metrics {{ class_name: "BinaryAccuracy" config: '"name": "binary_accuracy", "threshold": 0.5' }}
          metrics {{ class_name: "AUC" config: '"name": "auc"' }}
        }}
        options {{
          compute_confidence_intervals {{ value: true }} confidence_intervals {{ method: {request.param} }}
        }}"""
    data = pd.DataFrame({"label": ROWS.hemorrhage.astype(np.float32), "prediction": ROWS.probability})
    result = tfma.analyze_raw_data(data, text_format.Parse(config, tfma.EvalConfig()))
    ((_, by_output),) = result.slicing_metrics
    return {
        name: Estimate(*(value["boundedValue"][key] for key in ("value", "lowerBound", "upperBound")))
        for name, value in by_output[""][""].items()
    }


def width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


@pytest.mark.parametrize("name", ["auc", "binary_accuracy"])
def test_tfma_takes_slices_for_independent_and_is_too_sure(by_tfma: dict[str, Estimate], name: str):
    ours = estimates(ROWS, 0.5, 0.9, RESAMPLING)[name]
    assert by_tfma[name].value == pytest.approx(ours.value, abs=1e-3)  # the figure itself is the same
    assert width(by_tfma[name]) < 0.7 * width(ours)


@pytest.mark.parametrize("name", ["auc", "binary_accuracy"])
def test_its_interval_is_that_of_resampling_slices(by_tfma: dict[str, Estimate], name: str):
    slices = Scored.of(ROWS.hemorrhage, ROWS.probability, np.arange(len(ROWS)))
    by_slice = estimates(slices, 0.5, 0.9, RESAMPLING)[name]
    assert width(by_tfma[name]) == pytest.approx(width(by_slice), rel=0.6)  # made from 20 samples
