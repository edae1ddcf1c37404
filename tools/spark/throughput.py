"""What a slice more costs: on this machine alone, with one worker, with two."""

from collections.abc import Callable
from pathlib import Path

from bench import phantom_folders
from bench.own_process import in_own_process
from tools.spark import same
from tools.spark.cluster import Cluster
from tools.spark.tables import print_table

SIZES = (500, 4500)
NODES = ("SliceExampleGen", "SliceFilter")
SIDE = "phantoms.side=512"
MILLISECONDS = 1000


def measure(make_cluster: Callable[..., Cluster], folder: Path) -> bool:
    """Runs the first data nodes on two sizes by each way and prints what they took."""
    few = same.write_phantoms(folder / "phantoms", SIDE)
    for size in SIZES:
        phantom_folders.link(few, folder / f"slices-{size}", size)
    log = folder / "log"

    def run(way: str, size: int, *further: str) -> dict[str, float]:
        output = folder / f"{way}-{size}"
        config = same.settings(folder / f"slices-{size}", output, *further)
        costs = in_own_process(same.run_graph, config, log, NODES[-1])
        return {node: costs[node].wall for node in NODES}

    seconds = {"direct": [run("direct", size) for size in SIZES]}
    for workers in ((1,), (1, 2)):
        way = f"Spark, {len(workers)} worker{'s' if len(workers) > 1 else ''}"
        with make_cluster(*workers) as cluster:
            seconds[way] = [run(f"spark-{len(workers)}", size, *cluster.settings()) for size in SIZES]
    few_slices, many_slices = SIZES
    rows = []
    for way, (small, large) in seconds.items():
        for node in NODES:
            a_slice = (large[node] - small[node]) / (many_slices - few_slices)
            rows.append(
                (way, node, f"{small[node]:.1f}", f"{large[node]:.1f}", f"{a_slice * MILLISECONDS:.2f}",
                 f"{small[node] - few_slices * a_slice:.1f}")
            )  # fmt: skip
    print_table(
        ("way", "node", *(f"{size:,} slices, s" for size in SIZES), "ms a slice more", "fixed, s"), rows
    )
    return True
