"""Wall time and peak memory of the data nodes on many slices: linear in time, flat in memory."""

import dataclasses
import resource
from collections.abc import Mapping
from pathlib import Path

from bench import graph_runs, phantom_folders
from bench.cost import MILLISECONDS, Cost
from bench.own_process import in_own_process
from bench.sections import Section, Table, judged
from bench.workplace import Workplace
from pipeline.graph import build_pipeline
from pipeline.terminal.console import chatter_to

NODES = ("SliceExampleGen", "SliceFilter", "StatisticsGen", "LeakageGate")
MEGABYTE = 1024  # kilobytes, of which ru_maxrss counts
LAST = "Transform"  # waits for all of them, and itself only traces a graph
BUDGET = 1.25  # times the cost a slice of the smallest size, and times its memory


@dataclasses.dataclass(frozen=True)
class _Done:
    """What one size cost, by node, and the process' highest resident memory, MB."""

    costs: Mapping[str, Cost]
    peak: float


def run(place: Workplace) -> Section:
    """Runs the data nodes on three sizes, each in a process of its own."""
    sizes = place.sizes
    source = place.folders().small
    done: dict[int, _Done] = {}
    for number in sizes.scale:
        place.say(f"{number} slices")
        data = place.scratch(f"data-{number}")
        phantom_folders.link(source, data, number)
        done[number] = in_own_process(_measure, data, place.scratch(f"run-{number}"))
    first, last = sizes.scale[0], sizes.scale[-1]
    rows = []
    for number, of_size in done.items():
        wall = {node: of_size.costs[node].wall for node in NODES}
        total = sum(wall.values())
        rows.append(
            (
                f"{number:,}",
                *(f"{seconds:.1f}" for seconds in wall.values()),
                f"{total:.1f}",
                f"{total / number * MILLISECONDS:.2f}",
                f"{of_size.peak:.0f}",
            )
        )
    a_slice = [sum(done[n].costs[node].cpu for node in NODES) / n for n in (first, last)]
    return Section(
        title="Scale",
        method=(
            f"Wall time of the data nodes on {', '.join(f'{n:,}' for n in sizes.scale)} slices: "
            f"{sizes.small} phantom slices of {sizes.side} px, linked again and again as other patients'. "
            "SliceFilter is set to keep all, LeakageGate to warn, for it finds every slice again. Each size "
            "in a process of its own; memory is the process' highest, TFX and TensorFlow included."
        ),
        table=Table(
            ("slices", *(f"{node}, s" for node in NODES), "together, s", "ms a slice", "peak memory, MB"),
            rows,
        ),
        verdict=" ".join(
            [
                judged(
                    f"CPU time of a slice, {last:,} against {first:,} slices, times",
                    a_slice[1] / a_slice[0],
                    BUDGET,
                ),
                judged(
                    f"Peak memory, {last:,} against {first:,}, times",
                    done[last].peak / done[first].peak,
                    BUDGET,
                ),
            ]
        ),
    )


def _measure(data: Path, output: Path) -> _Done:
    with chatter_to(output / "log"):
        config = graph_runs.settings(data, output)
        ran = graph_runs.run(build_pipeline(config), config, LAST)
    return _Done(ran.costs, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE)
