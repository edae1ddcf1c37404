"""Runs the fuzz targets one after the other, each for a while: `python -m tests.fuzz [--seconds 60] [target]`

What was found stays in `.fuzz`: inputs that reach something new, which later runs start from, and what
broke a reader.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".fuzz"
TARGETS = ("images", "dicom")
LIMITS = {
    "rss_limit_mb": 1024,  # libraries take 250, a deflated data set at most 256 more
    "malloc_limit_mb": 512,  # in one piece
    "timeout": 25,  # seconds an input; decoding gives up after 30, of which these inputs need none
    "max_len": 20_000,  # bytes an input
}


def seeds(target: str) -> dict[str, bytes]:
    """Returns the files to start from: sound ones and the bad ones of the tests, small ones alone."""
    from bad_files import DICOMS, IMAGES
    from bad_files.variants import SOUND

    files = {case.name: case.data for case in (IMAGES if target == "images" else DICOMS)}
    if target == "dicom":
        files |= SOUND
    return {name: data for name, data in files.items() if len(data) <= LIMITS["max_len"]}


def fuzz(target: str, seconds: int) -> int:
    """Runs one target and returns its exit status, 0 where nothing broke."""
    given, new, broken = (KEPT / target / name for name in ("seeds", "found", "broken"))
    shutil.rmtree(given, ignore_errors=True)
    for folder in (given, new, broken):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(target).values()):
        (given / f"{number:03d}").write_bytes(data)
    limits = [f"-{name}={value}" for name, value in LIMITS.items()]
    command = [
        sys.executable, "-m", f"tests.fuzz.{target}", str(new), str(given), *limits,
        f"-max_total_time={seconds}", f"-artifact_prefix={broken}/", "-print_final_stats=1", "-verbosity=0",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'components'}"}
    print(f"fuzzing {target}, {seconds} s, what breaks it goes to {broken}", flush=True)
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main() -> int:
    """Called by `make fuzz`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=TARGETS, metavar="target", help="images or dicom")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests" / "components"))
    return max(fuzz(target, given.seconds) for target in given.targets)


if __name__ == "__main__":
    sys.exit(main())
