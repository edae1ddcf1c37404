"""Parameters of what a model is measured by, and of what it has to reach."""

from typing import TYPE_CHECKING, Literal

from components.metrics.catalogue import OF_SUBGROUPS
from components.metrics.scored import PatientScore
from components.parameters import Parameters, public_parameter

if TYPE_CHECKING:
    SubgroupMetric = str
else:
    SubgroupMetric = Literal[OF_SUBGROUPS]

__all__ = ["EvaluationParams", "GateParams"]


class EvaluationParams(Parameters):
    """How scores are measured."""

    judges_model = True

    patient_score: PatientScore = public_parameter(
        "a patient's score: the highest of the slices, or the mean of the highest few"
    )
    top_k: int = public_parameter("slices in that mean", "slices", ge=1)
    replicates: int = public_parameter(
        "times that patients are drawn anew, for intervals", ge=100, le=100_000
    )
    confidence: float = public_parameter("of the intervals", "0..1", gt=0, lt=1)
    prevalence: float = public_parameter(
        "share of hemorrhages where the model is used, for predictive values; 0 takes each split's own",
        "0..1", ge=0, lt=1,
    )  # fmt: skip
    min_subgroup_slices: int = public_parameter(
        "a subgroup of fewer is counted, not measured", "slices", ge=1
    )
    min_subgroup_patients: int = public_parameter(
        "a subgroup of fewer is counted, not measured", "patients", ge=2
    )
    seed: int = public_parameter("of the drawn patients", ge=0, le=2**31 - 1)


class GateParams(Parameters):
    """What a model has to reach on the validation split to be blessed."""

    judges_model = True

    min_binary_accuracy: float = public_parameter(
        "validation binary accuracy that a model must reach", "0..1", ge=0, le=1
    )
    max_accuracy_drop: float = public_parameter(
        "how much lower than the latest blessed model's it may be", "0..1", ge=0, le=1
    )
    at_specificity: float = public_parameter(
        "sensitivity is reported at this specificity", "0..1", ge=0, le=1
    )
    min_sensitivity_bound: float = public_parameter(
        "the lower end of the interval of sensitivity at that specificity must reach this; 0 asks nothing",
        "0..1", ge=0, le=1,
    )  # fmt: skip
    subgroup_metric: SubgroupMetric = public_parameter("what no subgroup may be too low in")
    min_subgroup_metric: float = public_parameter(
        "each subgroup that is large enough must reach this; 0 asks nothing", "0..1", ge=0, le=1
    )
    max_ece: float = public_parameter(
        "calibration error that a model may have; 1 asks nothing", "0..1", ge=0, le=1
    )
    max_auc_drop: float = public_parameter(
        "how much lower than the latest blessed model's AUC it may be; 1 asks nothing", "0..1", ge=0, le=1
    )
