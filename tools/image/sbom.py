"""Joins what uv.lock says and what an image holds to one bill of materials (CycloneDX 1.5)."""

import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

OURS = "ichor"


def joined(locked: dict[str, Any], held: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    """Returns the bill of the lock with licences and Debian's packages; the same for the same contents.

    Args:
      locked: What `uv export --format cyclonedx1.5` wrote.
      held: What list_contents.py printed in a container.
    Raises:
      ValueError: Image and lock name different packages or versions.
    """
    ours = [package for package in held["python"] if _normal(package["name"]) == OURS]
    others = {
        (_normal(package["name"]), package["version"]): package
        for package in held["python"]
        if package not in ours
    }
    named = {(_normal(part["name"]), part["version"]): part for part in locked["components"]}
    _same(set(named), set(others))
    for key, part in named.items():
        if licence := others[key]["licence"]:
            part["licenses"] = [{"expression": licence}]
    bill = dict(locked)
    bill["components"] = [*locked["components"], *map(_debian_part, held["debian"])]
    bill["metadata"] = {key: value for key, value in locked["metadata"].items() if key != "timestamp"}
    bill.pop("serialNumber", None)
    text = json.dumps(bill, sort_keys=True)
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, text).urn
    return bill


def _same(named: set[tuple[str, str]], held: set[tuple[str, str]]) -> None:
    if named == held:
        return
    only_locked = ", ".join(f"{name} {version}" for name, version in sorted(named - held))
    only_held = ", ".join(f"{name} {version}" for name, version in sorted(held - named))
    raise ValueError(
        f"uv.lock and the image do not name the same packages; in uv.lock only: {only_locked or 'none'}; "
        f"in the image only: {only_held or 'none'}; build the image again, or set GPU as it was built with"
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()  # PEP 503


def _debian_part(package: dict[str, str]) -> dict[str, Any]:
    name, version, architecture = package["name"], package["version"], package["architecture"]
    address = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}"
    return {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}


def main(locked: str, held: str, out: str) -> None:
    """Reads both and writes the bill."""
    try:
        bill = joined(json.loads(Path(locked).read_text()), json.loads(Path(held).read_text()))
    except ValueError as error:
        raise SystemExit(f"ichor image: {error}") from error
    Path(out).write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    parts = bill["components"]
    python = sum(part["purl"].startswith("pkg:pypi/") for part in parts)
    print(f"ichor image: {out} names {python} packages of Python and {len(parts) - python} of Debian")


if __name__ == "__main__":
    main(*sys.argv[1:])
