"""How much is measured."""

import dataclasses

GREY = "transform.channels=1"  # a setting: phantoms are images; left open, the graph finds that out


@dataclasses.dataclass(frozen=True)
class Sizes:
    """Sizes of all benches.

    Attributes:
      patients: Phantom patients that are drawn; a small data set is one of these.
      copies: How many times a large data set holds each of them.
      slices_per_series: Slices a patient.
      side: Of a slice, pixels.
      rounds: Measurements that a median is taken of.
      long_rounds: The same, where each costs minutes.
      epochs: Of what is averaged over a training.
      steps: Training steps of an epoch beside a bare loop.
      trunk: Of the model that is trained.
      scale: Slices of the data sets that show how cost grows, rising.
      prints: Slices that the leakage gate searches among, rising.
    """

    patients: int
    copies: int
    slices_per_series: int
    side: int
    rounds: int
    long_rounds: int
    epochs: int
    steps: int
    trunk: str
    scale: tuple[int, ...]
    prints: tuple[int, ...]

    @property
    def small(self) -> int:
        """Slices of a small data set."""
        return self.patients * self.slices_per_series

    @property
    def large(self) -> int:
        """Slices of a large data set."""
        return self.small * self.copies


FULL = Sizes(
    patients=13,
    copies=6,
    slices_per_series=20,
    side=512,
    rounds=3,
    long_rounds=2,
    epochs=10,
    steps=15,
    trunk="inception_v3",
    scale=(12_500, 25_000, 50_000),
    prints=(25_000, 50_000, 100_000),
)
# Shows that a bench runs; its figures mean nothing.
QUICK = Sizes(
    patients=8,
    copies=2,
    slices_per_series=6,
    side=64,
    rounds=1,
    long_rounds=1,
    epochs=2,
    steps=2,
    trunk="tiny",
    scale=(96, 144, 192),
    prints=(300, 600),
)
