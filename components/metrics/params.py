"""Parameters of what a model is measured by, and of what it has to reach."""

from typing import Literal

from components.parameters import Parameters, parameter


class EvaluationParams(Parameters):
    """How scores are measured."""

    patient_score: Literal["max", "top_mean"] = parameter(
        "a patient's score: the highest of the slices, or the mean of the highest few"
    )
    top_k: int = parameter("slices in that mean", "slices", ge=1)
    replicates: int = parameter("times that patients are drawn anew, for intervals", ge=100, le=100_000)
    confidence: float = parameter("of the intervals", "0..1", gt=0, lt=1)
    prevalence: float = parameter(
        "share of hemorrhages where the model is used, for predictive values; 0 takes each split's own",
        "0..1", ge=0, lt=1,
    )  # fmt: skip
    min_subgroup_slices: int = parameter("a subgroup of fewer is counted, not measured", "slices", ge=1)
    min_subgroup_patients: int = parameter("a subgroup of fewer is counted, not measured", "patients", ge=2)
    seed: int = parameter("of the drawn patients", ge=0, le=2**31 - 1)


class GateParams(Parameters):
    """What a model has to reach on the validation split to be blessed."""

    min_binary_accuracy: float = parameter(
        "validation binary accuracy that a model must reach", "0..1", ge=0, le=1
    )
    max_accuracy_drop: float = parameter(
        "how much lower than the latest blessed model's it may be", "0..1", ge=0, le=1
    )
    at_specificity: float = parameter("sensitivity is reported at this specificity", "0..1", ge=0, le=1)
    min_sensitivity_bound: float = parameter(
        "the lower end of the interval of sensitivity at that specificity must reach this; 0 asks nothing",
        "0..1", ge=0, le=1,
    )  # fmt: skip
    subgroup_metric: Literal["auc", "balanced_accuracy", "binary_accuracy", "sensitivity", "specificity"] = (
        parameter("what no subgroup may be too low in")
    )
    min_subgroup_metric: float = parameter(
        "each subgroup that is large enough must reach this; 0 asks nothing", "0..1", ge=0, le=1
    )
    max_ece: float = parameter("calibration error that a model may have; 1 asks nothing", "0..1", ge=0, le=1)
    max_auc_drop: float = parameter(
        "how much lower than the latest blessed model's AUC it may be; 1 asks nothing", "0..1", ge=0, le=1
    )
