"""The site of `make docs`, built from a copy of the pages beside links to the sources."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]
SOURCES = ("schemas", "components", "pipeline", "notebooks", "tests", "tools")
LOADED = re.compile(r"""<(?:link|script|img|iframe|source)\b[^>]*?\b(?:href|src)=["']?(?:https?:)?//[^>]*>""")
LOADED_BY_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?(?:https?:)?//[^)\s]*""")


def _lay_out(project: Path) -> Path:
    for page in (*ROOT.glob("*.md"), *(ROOT / name for name in ("LICENSE", "pyproject.toml", "mkdocs.yml"))):
        shutil.copy(page, project)
    shutil.copytree(ROOT / "docs", project / "docs")
    for folder in SOURCES:
        (project / folder).symlink_to(ROOT / folder)
    return project


def _build(project: Path) -> subprocess.CompletedProcess[str]:
    for command in (["tools/site/pages.py"], ["-m", "mkdocs", "build"]):
        result = subprocess.run(
            [sys.executable, *command], cwd=project, capture_output=True, text=True, timeout=120, check=False
        )
    return result


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = _lay_out(tmp_path_factory.mktemp("project"))
    result = _build(project)
    assert result.returncode == 0, result.stderr
    return project / "build" / "site"


def test_the_site_has_the_pages_and_what_they_link_to(site: Path):
    for name in ("index.html", "docs/index.html", "docs/decisions/index.html", "pipeline/graph.py"):
        assert (site / name).is_file(), name
    assert 'href="../pipeline/graph.py"' in (site / "docs" / "architecture.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("schemas/index", "schemas.records.SliceRecord"),
        ("components/imaging", "components.imaging.intensity.apply_window"),
        ("components/index", "components.parameters.Parameters"),
        ("components/trainer", "components.trainer.tuning.search.tuner_fn"),
        ("pipeline/index", "pipeline.graph.build_pipeline"),
    ],
)
def test_the_page_of_a_room_has_its_public_names(site: Path, page: str, name: str):
    assert f'id="{name}"' in (site / "reference" / f"{page}.html").read_text(encoding="utf-8")


def test_no_private_name_is_on_a_page_of_the_api(site: Path):
    pages = "".join(page.read_text(encoding="utf-8") for page in (site / "reference").rglob("*.html"))
    names = re.findall(r'id="((?:schemas|components|pipeline)\.[\w.]+)"', pages)
    assert len(names) > 500
    assert [name for name in names if re.search(r"\._(?!_)", name)] == []


def test_sections_of_a_docstring_are_set_apart(site: Path):
    page = (site / "reference" / "components" / "imaging.html").read_text(encoding="utf-8")
    assert "<strong>Source:</strong>" in page
    assert re.findall(r"<p>[^<]*\b(?:Args|Returns|Raises|Source):\s[^<]*</p>", page) == []


def test_a_page_loads_nothing_from_another_host(site: Path):
    loaded = []
    for path in site.rglob("*"):
        if path.suffix in (".html", ".css"):
            text = path.read_text(encoding="utf-8")
            loaded += (LOADED if path.suffix == ".html" else LOADED_BY_STYLES).findall(text)
    assert loaded == []


def test_what_a_page_would_load_from_another_host_is_seen():
    page = '<a href="https://a.example">a</a> <script async src="https://b.example/x.js"> <img src=//c/d.png>'
    assert LOADED.findall(page) == ['<script async src="https://b.example/x.js">', "<img src=//c/d.png>"]
    assert LOADED_BY_STYLES.findall("a { src: url('//fonts.example/f.woff2') }") == [
        "url('//fonts.example/f.woff2'"
    ]


def test_no_data_gets_onto_the_site(tmp_path: Path):
    project = _lay_out(tmp_path)
    for name in ("docs/head.dcm", "docs/scan.png", "docs/labels.csv", "IM000001", "ichor.toml"):
        (project / name).touch()
    subprocess.run([sys.executable, "tools/site/pages.py"], cwd=project, timeout=60, check=True)
    laid_out = {path.name for path in (project / "build" / "pages").rglob("*")}
    assert "data.md" in laid_out
    assert laid_out & {"head.dcm", "scan.png", "labels.csv", "IM000001", "ichor.toml"} == set()


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        ("docs/data.md#parts", ""),
        ("docs/data.md#no-such-part", "does not contain an anchor '#no-such-part'"),
        ("pipeline/gone.py", "'pipeline/gone.py', but the target is not found"),
        ("docs/", "an unrecognized relative link 'docs/'"),
    ],
)
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path, link: str, complaint: str):
    for package in ("schemas", "components", "pipeline"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""Nothing yet."""\n')
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "data.md").write_text("# Data\n\n## Parts\n")
    (tmp_path / "README.md").write_text(f"# Read me\n\n[here]({link})\n")
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    result = _build(tmp_path)
    assert complaint in result.stderr
    assert result.returncode == (1 if complaint else 0), result.stderr
