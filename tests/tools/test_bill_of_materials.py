"""The bill of materials of an image, from a lock's and a container's own words."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.numpy

SCRIPT = Path(__file__).parents[2] / "tools" / "image" / "sbom.py"

LOCKED = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "serialNumber": "urn:uuid:b412041f-a044-4bda-b157-7da589a7bb30",
    "metadata": {"timestamp": "2026-11-24T19:37:58Z", "component": {"name": "ichor"}},
    "components": [
        {"name": "absl-py", "version": "2.5.1", "purl": "pkg:pypi/absl-py@2.5.1"},
        {"name": "zope-interface", "version": "8.0", "purl": "pkg:pypi/zope-interface@8.0"},
    ],
}
HELD = {
    "python": [
        {"name": "absl-py", "version": "2.5.1", "licence": "Apache-2.0"},
        {"name": "zope.interface", "version": "8.0", "licence": ""},
        {"name": "ichor", "version": "0.1.0", "licence": "Apache-2.0"},
    ],
    "debian": [{"name": "libc6", "version": "2.36-9+deb12u14", "architecture": "amd64"}],
}


def _bill(
    folder: Path, locked: dict[str, Any], held: dict[str, Any]
) -> tuple[subprocess.CompletedProcess[str], Path]:
    (folder / "locked.json").write_text(json.dumps(locked))
    (folder / "held.json").write_text(json.dumps(held))
    out = folder / "bill.json"
    command = [sys.executable, SCRIPT, folder / "locked.json", folder / "held.json", out]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False), out


def test_packages_of_python_and_of_debian_are_named_with_licence_and_address(tmp_path: Path):
    result, out = _bill(tmp_path, LOCKED, HELD)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("names 2 packages of Python and 1 of Debian\n")
    absl, zope, libc = json.loads(out.read_text())["components"]
    assert absl["licenses"] == [{"expression": "Apache-2.0"}]
    assert "licenses" not in zope
    assert libc["purl"] == "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64"


def test_the_same_image_has_the_same_bill_whenever_it_is_written(tmp_path: Path):
    later = {**LOCKED, "serialNumber": "urn:uuid:0", "metadata": {**LOCKED["metadata"], "timestamp": "2027"}}
    _, out = _bill(tmp_path, LOCKED, HELD)
    first = out.read_bytes()
    _, out = _bill(tmp_path, later, HELD)
    assert out.read_bytes() == first
    assert json.loads(first)["serialNumber"].startswith("urn:uuid:")


def test_another_image_has_another_serial_number(tmp_path: Path):
    _, out = _bill(tmp_path, LOCKED, HELD)
    first = json.loads(out.read_text())["serialNumber"]
    _, out = _bill(tmp_path, LOCKED, {**HELD, "debian": []})
    assert json.loads(out.read_text())["serialNumber"] != first


def test_an_image_that_holds_what_the_lock_does_not_name_has_no_bill(tmp_path: Path):
    held = {**HELD, "python": [{"name": "absl_py", "version": "2.4.0", "licence": ""}, *HELD["python"][1:]]}
    result, out = _bill(tmp_path, LOCKED, held)
    assert result.returncode == 1
    assert result.stderr == (
        "ichor image: uv.lock and the image do not name the same packages; in uv.lock only: absl-py 2.5.1; "
        "in the image only: absl-py 2.4.0; build the image again, or set GPU as it was built with\n"
    )
    assert not out.exists()
