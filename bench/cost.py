"""What a piece of work costs: CPU seconds of all threads and ended children, and wall seconds."""

import dataclasses
import io
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Self

from PIL import Image

MILLISECONDS = 1000.0  # a second


@dataclasses.dataclass(frozen=True)
class Cost:
    """Seconds spent.

    Attributes:
      cpu: User and system time of all threads of this process and of its children that have ended.
      wall: Time on the clock.
    """

    cpu: float
    wall: float

    def __add__(self, other: Self) -> "Cost":
        return Cost(self.cpu + other.cpu, self.wall + other.wall)

    def __sub__(self, other: Self) -> "Cost":
        return Cost(self.cpu - other.cpu, self.wall - other.wall)

    def __truediv__(self, number: float) -> "Cost":
        return Cost(self.cpu / number, self.wall / number)


def spent() -> Cost:
    """Returns what this process has cost so far; only differences mean something."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(time.process_time() + children.ru_utime + children.ru_stime, time.monotonic())


def cost_of(work: Callable[[], object]) -> Cost:
    """Does something and returns what it cost."""
    before = spent()
    work()
    return spent() - before


def median(costs: Sequence[Cost]) -> Cost:
    """Returns the medians of CPU and wall time, each by itself."""
    return Cost(statistics.median(c.cpu for c in costs), statistics.median(c.wall for c in costs))


def marginal(small: Cost, large: Cost, more: int) -> Cost:
    """Returns the cost of one slice more: what is paid whatever the size falls out.

    Args:
      small: Cost of some slices.
      large: Cost of more slices.
      more: How many more.
    """
    return (large - small) / more


def decode_floor(encoded: Sequence[bytes]) -> Cost:
    """Decodes each image once with Pillow and returns the mean cost of one."""

    def decode() -> None:
        for image in encoded:
            Image.open(io.BytesIO(image)).load()

    return cost_of(decode) / len(encoded)
