"""The document that the figures are kept in: a section a bench, each between comments of its own."""

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

PACKAGES = ("tfx", "tensorflow", "keras", "apache-beam", "numpy", "pillow")
PREFACE = """\
# Performance

Written by `make bench`; `python -m bench NAME ...` measures some of it again and
`python -m bench --help` lists the names. CPU time is user and system time of all threads of the
process and of its children; ratios are taken within one run. Slices are phantoms, as
`ichor phantoms` makes them.
"""


def update(document: Path, name: str, section: str) -> None:
    """Replaces one bench's section, or adds it at the end; everything else stays as it is.

    Args:
      document: May not exist yet.
      name: Of the bench.
      section: Markdown.
    Raises:
      ValueError: The document has the section's beginning but not its end.
    """
    begin, end = f"<!-- bench {name}: begin -->\n", f"<!-- bench {name}: end -->\n"
    text = document.read_text(encoding="utf-8") if document.exists() else PREFACE
    whole = begin + section + end
    if begin in text:
        before, _, rest = text.partition(begin)
        _, closing, after = rest.partition(end)
        if not closing:
            raise ValueError(f"{document}: {begin.strip()} has no {end.strip()}; add it behind the section")
        text = before + whole + after
    else:
        text = f"{text.rstrip()}\n\n{whole}"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(text, encoding="utf-8")


def measured_on(load_before: float) -> str:
    """Returns one line of Markdown on date, processor, versions and how busy the machine was.

    Args:
      load_before: Processes that wanted a processor, on average over the minute before.
    """
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    cores = len(os.sched_getaffinity(0))
    return (
        f"*{datetime.date.today().isoformat()}; {_processor()}, {cores} cores; "
        f"Python {platform.python_version()}, {versions}; "
        f"load when it began {load_before:.1f}.*\n"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
