"""Parameters of OperatingPoint."""

from components.metrics.operating_point import ThresholdRule
from components.parameters import Parameters, public_parameter

__all__ = ["ThresholdParams"]


class ThresholdParams(Parameters):
    """By what rule the threshold is chosen on the validation split."""

    rule: ThresholdRule = public_parameter(
        "sensitivity: the highest threshold with enough of it; specificity: the lowest one; youden: the "
        "largest sum of both; value: a fixed one"
    )
    min_sensitivity: float = public_parameter("that rule sensitivity requires", "0..1", gt=0, le=1)
    min_specificity: float = public_parameter("that rule specificity requires", "0..1", gt=0, le=1)
    value: float = public_parameter("of rule value", "0..1", gt=0, lt=1)
    temperature_scaling: bool = public_parameter(
        "fit a temperature on the validation split before, so that probabilities mean what they say"
    )

    def wanted(self) -> float:
        """Returns the figure that the rule requires; 0 where it requires none."""
        of_rules = {
            "sensitivity": self.min_sensitivity, "specificity": self.min_specificity, "value": self.value,
        }  # fmt: skip
        return of_rules.get(self.rule, 0.0)
