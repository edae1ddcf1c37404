"""Workers that are killed in the middle of a job: no slice may be lost or doubled."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench import phantom_folders
from bench.own_process import in_own_process
from tools.spark import outcome, same
from tools.spark.cluster import Cluster
from tools.spark.tables import print_table

SLICES = 3000
SHARDS = "ingest.shards=8"
COPIES_MAY_STAY = "leakage.action=warn"  # the same phantoms are linked again and again
LAST = "Transform"
LOST = "Lost executor"  # Spark's driver, of an executor that went
LOST_TASK = "Lost task"


def prove(cluster: Cluster, folder: Path) -> bool:
    """Runs the data nodes, kills each worker once while a node is at work, and compares with direct."""
    few = same.write_phantoms(folder / "phantoms")
    data = folder / "slices"
    phantom_folders.link(few, data, SLICES)
    log = folder / "log"
    direct = same.settings(data, folder / "direct", SHARDS, COPIES_MAY_STAY)
    on_spark = same.settings(data, folder / "spark", SHARDS, COPIES_MAY_STAY, *cluster.settings())
    in_own_process(same.run_graph, direct, log, LAST)
    artifacts = folder / "spark/artifacts"
    with cluster:
        killer = Killer(cluster, artifacts)
        killer.start()
        in_own_process(same.run_graph, on_spark, log, LAST)
        killer.join()
    driver = (folder / "cluster/job-server.log").read_text(encoding="utf-8", errors="replace")
    comparisons = in_own_process(_compared, folder / "direct/artifacts", artifacts)
    print_table(
        ("what", "of which", "direct and Spark"),
        [(comparison.what, comparison.size, comparison.how) for comparison in comparisons],
    )
    for line in killer.lines:
        print(line)
    print(f"Spark reported {driver.count(LOST)} lost executors and {driver.count(LOST_TASK)} lost tasks")
    left = [path.name for path in artifacts.rglob("*") if "beam-temp" in path.name]
    print(f"temporary folders left in the results: {len(left)}")
    return (
        all(comparison.same for comparison in comparisons)
        and len(killer.lines) == 2
        and driver.count(LOST) >= 2
    )


class Killer(threading.Thread):
    """Kills worker 1 while slices are ingested, worker 2 while they are filtered; each comes back later."""

    def __init__(self, cluster: Cluster, artifacts: Path) -> None:
        super().__init__(daemon=True)
        self._cluster = cluster
        self._artifacts = artifacts
        self.lines: list[str] = []

    def run(self) -> None:
        """Waits for each moment in turn."""
        ingested = self._artifacts / "SliceExampleGen/examples"
        filtered = self._artifacts / "SliceFilter/filtered_examples"
        self._kill(1, "SliceExampleGen", lambda: _files(ingested, "data_tfrecord-*"))
        _until(lambda: filtered.exists())
        self._cluster.start_worker(1)
        self._kill(2, "SliceFilter", lambda: _files(filtered, "beam-temp*/*"))
        _until(lambda: (self._artifacts / "LeakageGate").exists())
        self._cluster.start_worker(2)

    def _kill(self, worker: int, node: str, written: Callable[[], int]) -> None:
        _until(lambda: written() > 0)
        files = written()
        processes = self._cluster.kill_worker(worker)
        self.lines.append(
            f"{node}: worker {worker} killed ({processes} processes) when {files} files were written"
        )


def _compared(first: Path, second: Path) -> list[outcome.Compared]:
    return list(outcome.compare_data(first, second))


def _files(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(f"*/Split-*/{pattern}")) if folder.exists() else 0


def _until(holds: Callable[[], bool], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the moment to kill a worker did not come")
        time.sleep(0.02)
