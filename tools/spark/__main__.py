"""`make e2e-spark`: the nodes that use Beam on a real Spark cluster of two workers, beside this machine.

Parts: `same`, the whole graph by both and what came out; `killed`, each worker killed in mid-job;
`throughput`, what a slice costs by each.
"""

import argparse
import functools
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.terminal import interruption
from tools.spark import killed, same, throughput
from tools.spark.cluster import ROOT, Cluster

PARTS = ("same", "killed", "throughput")


def main() -> int:
    """Runs the parts that are selected; returns 0 if all hold."""
    parser = argparse.ArgumentParser(prog="python -m tools.spark", description=__doc__)
    parser.add_argument("--spark", type=Path, required=True, help="folder of pyspark, as run.sh fetches it")
    parser.add_argument("--jars", type=Path, required=True, help="folder of the job server's class path")
    parser.add_argument("--out", type=Path, default=ROOT / ".spark/proof", help="folder for all that is made")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    began, failed = time.monotonic(), []
    for name in arguments.parts or PARTS:
        folder = arguments.out / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        cluster = functools.partial(
            Cluster, arguments.spark.resolve(), arguments.jars.resolve(), folder.resolve() / "cluster"
        )
        print(f"{name}: {folder}", flush=True)
        with interruption.handle_sigterm():  # a cluster is taken down when this is ended, too
            if not _run(name, cluster, folder):
                failed.append(name)
    print(f"{'NOT HELD: ' + ', '.join(failed) if failed else 'all held'}; {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def _run(name: str, cluster: Callable[..., Cluster], folder: Path) -> bool:
    if name == "same":
        return same.prove(cluster(), folder)
    if name == "killed":
        return killed.prove(cluster(), folder)
    return throughput.measure(cluster, folder)


if __name__ == "__main__":
    sys.exit(main())
