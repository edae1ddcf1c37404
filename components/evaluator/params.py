"""Parameters of Evaluator."""

from components.parameters import Parameters, parameter


class GateParams(Parameters):
    """What a model has to reach on the validation split to be blessed."""

    min_binary_accuracy: float = parameter(
        "validation binary accuracy that a model must reach", "0..1", ge=0, le=1
    )
    max_accuracy_drop: float = parameter(
        "how much lower than the latest blessed model's it may be", "0..1", ge=0, le=1
    )
    at_specificity: float = parameter("sensitivity is reported at this specificity", "0..1", ge=0, le=1)
