"""Prints as JSON which packages of Python and of Debian a container holds; runs inside it."""

import importlib.metadata
import json
import subprocess
import sys

DEBIAN_FIELDS = ("name", "version", "architecture")


def contents() -> dict[str, list[dict[str, str]]]:
    """Returns name and version of each package; of Python's the licence too, empty where it states none."""
    python = [
        {
            "name": distribution.metadata["Name"],
            "version": distribution.version,
            "licence": distribution.metadata.get("License-Expression") or "",
        }
        for distribution in importlib.metadata.distributions()
    ]
    listing = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package}\t${Version}\t${Architecture}\n"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    debian = [dict(zip(DEBIAN_FIELDS, line.split("\t"), strict=True)) for line in listing.splitlines()]
    return {"python": python, "debian": debian}


if __name__ == "__main__":
    json.dump(contents(), sys.stdout)
