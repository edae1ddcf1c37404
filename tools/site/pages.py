"""Lays out in build/pages what MkDocs builds the site from: pages, sources, and an API page for each room."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "build" / "pages"
PACKAGES = ("schemas", "components", "pipeline")
# Sources lie on the site as they do in the checkout: a link such as ../pipeline/graph.py works on both, and
# MkDocs checks it. An allow list, as for the image, so that no data gets onto a site.
SOURCES = tuple(f"{folder}/**/*" for folder in (*PACKAGES, "tests", "tools"))
SHOWN = (
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "pyproject.toml",
    "docs/**/*.md", "docs/images/*.png", "notebooks/*.ipynb",
    *(f"{files}.{ending}" for files in SOURCES for ending in ("py", "pbtxt", "xml", "css")),
)  # fmt: skip
WITHOUT_MEMBERS = "    options: {show_root_heading: false, show_root_toc_entry: false, members: false}\n"


def rooms() -> Iterator[tuple[str, list[str]]]:
    """Yields dotted names of each room and its modules: a package's own files, then each of its folders."""
    for package in PACKAGES:
        folder = ROOT / package
        yield package, [_module(path) for path in sorted(folder.glob("*.py"))]
        for room in sorted(path.parent for path in folder.glob("*/__init__.py")):
            yield f"{package}.{room.name}", [_module(path) for path in sorted(room.rglob("*.py"))]


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _summary(room: str) -> str:
    source = ROOT.joinpath(*room.split("."), "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _page(room: str, modules: list[str]) -> str:
    others = [f"::: {module}\n" for module in modules if module != room]
    return "\n".join([f"# {room}\n", f"::: {room}", WITHOUT_MEMBERS, *others])


def main() -> None:
    """Writes the pages anew."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for path in (path for pattern in SHOWN for path in ROOT.glob(pattern)):
        link = PAGES / path.relative_to(ROOT)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    reference = PAGES / "reference"
    index = ["# API\n", "The public names of the three packages, room by room.\n"]
    for room, modules in rooms():
        package, _, folder = room.partition(".")
        page = reference / package / f"{folder or 'index'}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(room, modules), encoding="utf-8")
        index.append(f"- [{room}]({page.relative_to(reference).as_posix()}): {_summary(room)}")
    (reference / "index.md").write_text("\n".join(index) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
