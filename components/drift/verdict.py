"""What a comparison comes to."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Comparison"]

TO = " to "  # between the borders of a bucket
WHOLE_FROM = 100  # numbers that large, such as HU and pixels, are printed without decimals


@dataclasses.dataclass(frozen=True)
class Shares:
    """How a feature's values are spread.

    Attributes:
      labels: Of the buckets, or the values of a category.
      shares: Of the slices with a value, 0..1, as many as labels.
      mean: Of numbers; None for a category.
      deviation: Their standard deviation.
    """

    labels: Sequence[str]
    shares: Sequence[float]
    mean: float | None = None
    deviation: float | None = None

    @property
    def summary(self) -> str:
        """Mean and deviation of numbers, the most frequent value of a category with its share."""
        if self.mean is None or self.deviation is None:
            share, label = max(zip(self.shares, self.labels, strict=True), default=(0.0, ""))
            return f"{share:.0%} {label}"
        if abs(self.mean) >= WHOLE_FROM:
            return f"{self.mean:.0f} +- {self.deviation:.0f}"
        return f"{self.mean:.3g} +- {self.deviation:.2g}"


@dataclasses.dataclass(frozen=True)
class Feature:
    """One feature compared.

    Attributes:
      name: As in `schemas.features`.
      statistic: What `value` is.
      value: How far apart the two sets are, 0..1.
      threshold: Beyond it the feature has moved.
      training: The training's values.
      new: The new slices' values.
    """

    name: str
    statistic: str
    value: float
    threshold: float
    training: Shares
    new: Shares

    @property
    def moved(self) -> bool:
        """Whether it lies beyond its threshold."""
        return self.value > self.threshold

    @property
    def beyond(self) -> float:
        """How much of the way from its threshold to having nothing in common it is; negative below.

        A multiple of the threshold would not do: no feature can be further apart than 1.
        """
        return (self.value - self.threshold) / (1 - self.threshold)


@dataclasses.dataclass(frozen=True)
class Comparison:
    """All features compared.

    Attributes:
      features: The furthest beyond its threshold first.
      not_compared: Names of features with values in only one of the sets.
      training_slices: Slices of the training, dropped ones included.
      new_slices: Readable new slices.
      training_fit: Of the training's, those fit to learn from, which all measures are of.
      new_fit: The same of the new ones.
      min_slices: Of fewer new slices fit to learn from, the values are moved by chance.
    """

    features: tuple[Feature, ...]
    not_compared: tuple[str, ...]
    training_slices: int
    new_slices: int
    training_fit: int
    new_fit: int
    min_slices: int

    @property
    def moved(self) -> tuple[Feature, ...]:
        """Features beyond their threshold, the furthest first."""
        return tuple(feature for feature in self.features if feature.moved)

    @property
    def verdict(self) -> str:
        """Returns the verdict in a line."""
        if not self.moved:
            return f"no drift: none of {len(self.features)} features moved"
        names = ", ".join(feature.name for feature in self.moved)
        return f"DRIFT: {len(self.moved)} of {len(self.features)} features moved: {names}"

    def warnings(self) -> Iterator[str]:
        """Says what to know before trusting the verdict."""
        if self.new_fit < self.min_slices:
            yield (
                f"only {self.new_fit} of {self.new_slices} new slices are fit to be compared; below "
                f"{self.min_slices} (drift.min_slices) features move by chance, so check more slices"
            )
        if self.training_fit < self.min_slices:
            yield (
                f"the model was trained on {self.training_fit} slices; below {self.min_slices} "
                "(drift.min_slices) features move by chance"
            )
        if self.not_compared:
            yield f"not compared, since one side has no values: {', '.join(self.not_compared)}"

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it for JSON."""
        fields = dataclasses.asdict(self)
        fields["features"] = [
            {**dataclasses.asdict(feature), "moved": feature.moved} for feature in self.features
        ]
        return {
            "drift": bool(self.moved),
            "verdict": self.verdict,
            "warnings": list(self.warnings()),
            **fields,
        }
