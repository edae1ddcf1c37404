"""`python -m bench [NAME ...]`: measures, prints, and writes down."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench.document import measured_on, update
from bench.own_process import in_own_process, run_bench
from bench.sizes import FULL, QUICK

BENCHES = {
    "nodes": "CPU time of a slice in each data node, beside decoding it once",
    "leakage": "a slice's print beside decoding it, and the search among 100,000",
    "storage": "three ways of storing transformed slices",
    "epoch": "an epoch beside a bare Keras loop",
    "input": "the Trainer's input beside ImageDataGenerator",
    "first_step": "time to the first training step",
    "serving": "the served model beside the bare Keras model",
    "dicom": "a DICOM slice on its way into a record, beside decoding it",
    "scale": "time and memory of the data nodes up to 50,000 slices",
    "demo": "the demo, first and second time",
}
MODULES = {"input": "train_input"}
DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"


def main() -> int:
    """Runs the benches that are named, each in a process of its own; returns the exit status."""
    names = [f"{name}: {what}" for name, what in BENCHES.items()]
    parser = argparse.ArgumentParser(prog="python -m bench", description="; ".join(names))
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHES, []])
    parser.add_argument("--out", type=Path, default=DOCUMENT, metavar="FILE", help="where the figures go")
    parser.add_argument("--quick", action="store_true", help="tiny sizes; figures mean nothing")
    parsed = parser.parse_args()
    sizes = QUICK if parsed.quick else FULL
    with tempfile.TemporaryDirectory(prefix="ichor-bench-") as folder:
        for name in parsed.names or BENCHES:
            load = os.getloadavg()[0]
            section = in_own_process(run_bench, name, f"bench.{MODULES.get(name, name)}", Path(folder), sizes)
            print(f"\n{section.markdown()}", flush=True)
            title, _, rest = section.markdown().partition("\n\n")
            update(parsed.out, name, f"{title}\n\n{measured_on(load)}\n{rest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
