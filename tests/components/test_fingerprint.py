"""What changes a room's fingerprint, and so re-runs its node, and what does not."""

from pathlib import Path

import pytest

from components.fingerprint import ROOT, of_code, of_file

pytestmark = pytest.mark.numpy

SOURCES = {
    "components/__init__.py": "",
    "components/one/__init__.py": "",
    "components/one/component.py": "import json\nimport pandas.io\nfrom components.shared import measure\n",
    "components/one/page.html": "<p>",
    "components/other/rules.py": "def f():\n    from schemas import features\n",
    "components/shared.py": "def measure():\n    from components.maths.sums import add\n",
    "components/maths/__init__.py": "",
    "components/maths/sums.py": "import schemas.records as records",
    "components/maths/unused.py": "",
    "schemas/features.py": "",
    "schemas/records.py": "",
    # What lies beside the three packages in site-packages.
    "pandas/__init__.py": "import components.maths.unused",
    "pandas/io.py": "",
    "json.py": "",
}
OF_ONE = {
    "components/__init__.py", "components/one/__init__.py", "components/one/component.py",
    "components/one/page.html", "components/shared.py", "components/maths/__init__.py",
    "components/maths/sums.py", "schemas/records.py",
}  # fmt: skip


def write(folder: Path, changed: str = "") -> Path:
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + ("\n# changed\n" if name == changed else ""))
    return folder


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_room_reaches_counts_and_nothing_else(tmp_path: Path, name: str):
    before = of_code("components/one", write(tmp_path / "before"))
    after = of_code("components/one", write(tmp_path / "after", changed=name))
    assert (before != after) == (name in OF_ONE)


def test_a_file_counts_with_what_it_reaches_and_not_with_its_room(tmp_path: Path):
    start = "components/one/component.py"
    before = of_code(start, write(tmp_path / "before"))
    assert of_code(start, write(tmp_path / "page", changed="components/one/page.html")) == before
    assert of_code(start, write(tmp_path / "sums", changed="components/maths/sums.py")) != before


@pytest.mark.parametrize(
    "name",
    [
        "__pycache__/component.cpython-311.pyc", "component.pyc", ".component.py.swp", "component.py~",
        "#component.py#", "component.py.orig", ".#page.html", ".ipynb_checkpoints/component.py", "notes.txt",
    ],
)  # fmt: skip
def test_equal_sources_elsewhere_have_an_equal_fingerprint_whatever_lies_beside_them(
    tmp_path: Path, name: str
):
    root, other = write(tmp_path / "one"), write(tmp_path / "other")
    beside = other / "components/one" / name
    beside.parent.mkdir(exist_ok=True)
    beside.write_bytes(b"compiled, or of an editor")
    assert of_code("components/one", root) == of_code("components/one", other)


def test_the_project_has_no_relative_import_which_would_not_be_followed():
    sources = [path for room in ("schemas", "components") for path in (ROOT / room).rglob("*.py")]
    relative = [path.name for path in sources if "\nfrom ." in path.read_text(encoding="utf-8")]
    assert relative == []


def test_a_room_that_does_not_exist_is_an_error():
    with pytest.raises(FileNotFoundError, match="no such source: components/nowhere"):
        of_code("components/nowhere")


def test_the_fingerprint_of_a_file_is_of_its_contents():
    assert len(of_file("schemas/slices.pbtxt")) == 16
    with pytest.raises(FileNotFoundError):
        of_file("schemas/nothing.pbtxt")
