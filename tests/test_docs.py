"""What the documentation names has to exist: files, headings, commands, settings, make targets."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pipeline.cli import main
from pipeline.settings.config import DEFAULTS

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[1]
PLACES = ("*.md", "docs/**/*.md", "notebooks/*.ipynb", ".github/*.md", ".github/ISSUE_TEMPLATE/*.yml")
PAGES = sorted(path for place in PLACES for path in ROOT.glob(place))
MOST_PICTURE_BYTES = 300_000

# [text](link "title"), [name]: link, <a href="link">
LINK = re.compile(
    r"""\]\(<?([^)\s>]*)>?(?:\s+["'][^)]*)?\)|^\[[^\]]+\]:\s+(\S+)|\b(?:href|src)="([^"]*)\"""", re.MULTILINE
)
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[`$]\s*|/)ichor ([a-z]+)\b", re.MULTILINE)
TARGET = re.compile(r"(?:^|`|\$ )make ([a-z][a-z0-9 -]*)", re.MULTILINE)
GROUPS = "|".join(DEFAULTS)
KEY = re.compile(rf"(?<![\w./-])(?:{GROUPS})\.([a-z_]+)(?![\w/(*.])")
FILE_ENDINGS = {"py", "json", "csv", "toml", "md", "html"}  # `filter.json` is no setting


def wrong_names(page: Path, targets: set[str], commands: set[str]) -> list[str]:
    """Returns a line for each thing that a page names and that does not exist."""
    text = _text(page)
    links = ["".join(match) for match in LINK.findall(CODE.sub("", text))]
    code = "\n".join(CODE.findall(text))
    wrong = [f"link to {link}: {reason}" for link in links if (reason := _why_it_leads_nowhere(page, link))]
    wrong += [f"ichor {name}" for name in COMMAND.findall(code) if name not in commands]
    wrong += [
        f"make {name}" for names in TARGET.findall(code) for name in names.split() if name not in targets
    ]
    wrong += [f"setting {key}" for key in _keys(code) if not _is_setting(key)]
    return [f"{page.name}: {what}" for what in wrong]


def _text(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return text


def _why_it_leads_nowhere(page: Path, link: str) -> str:
    """Returns what is wrong with a link, or "". Links to other hosts are not followed."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        sound = parts.scheme in ("http", "https") and re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc)
        return "" if sound else "not a web address"
    target = page.parent / unquote(parts.path) if parts.path else page
    if not target.is_file():
        return "a folder, which the site does not show" if target.is_dir() else "no such file"
    if parts.fragment and (target.suffix != ".md" or parts.fragment not in _anchors(target)):
        return "no such heading"
    return ""


def _anchors(page: Path) -> set[str]:
    """Returns the anchors of a page's headings as forges and the site make them.

    A heading that is there twice has one: forges and the site number the second in different ways.
    """
    headings = HEADING.findall(FENCED.sub("", _text(page)))
    shown = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\s-]", "", heading).strip().lower().replace(" ", "-") for heading in shown}


def _keys(code: str) -> Iterator[str]:
    for match in KEY.finditer(code):
        if match[1] not in FILE_ENDINGS:
            yield match[0]


def _is_setting(key: str) -> bool:
    group, name = key.split(".")
    return name in DEFAULTS[group]


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> set[str]:
    with pytest.raises(SystemExit):
        main(["--help"])
    return set(re.findall(r"^    ([a-z]+)(?:  |$)", capsys.readouterr().out, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_exists(page: Path, commands: set[str]):
    assert wrong_names(page, _targets(), commands) == []


def test_the_readme_shows_a_picture_and_both_commands_on_its_first_screen():
    first_screen = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:30])
    assert "![" in first_screen
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_pictures_are_small_enough_to_load_with_the_page():
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert pictures
    assert [p.name for p in pictures if p.stat().st_size > MOST_PICTURE_BYTES] == []


def test_names_that_do_not_exist_are_reported(tmp_path: Path):
    (tmp_path / "here.md").touch()
    page = tmp_path / "page.md"
    page.write_text(
        "See [here](here.md), [there](there.md#part), [the web](https://example.org) and ![](gone.png).\n"
        "`filter.json` holds what `filter.enabled` and `filter.min_brian_share` decide. Write `gate.*`.\n"
        "```\nmake demo\nmake lint dmeo\n.venv/bin/ichor run --set trainer.epochs=3 --set trainer.epoch=3\n"
        "$ ichor pretict x.png\n```\nIn prose make sense of ichor graphs.\n"
    )
    assert wrong_names(page, {"demo", "lint"}, {"run", "predict"}) == [
        "page.md: link to there.md#part: no such file",
        "page.md: link to gone.png: no such file",
        "page.md: ichor pretict",
        "page.md: make dmeo",
        "page.md: setting filter.min_brian_share",
        "page.md: setting trainer.epoch",
    ]


PAGE = """# A page

## What `ichor run` does, and [why](why.md)
## Nodes -- in order

```
# No heading
```
"""


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        ("[a](page.md)", ""),
        ("[a](page.md#a-page)", ""),
        ("[a](page.md#what-ichor-run-does-and-why 'Title')", ""),
        ("[a](<page.md#nodes----in-order>)", ""),
        ("[a](a%20b.md)", ""),
        ("[a](https://example.org/a_(b)#c)", ""),
        ("`[a](gone.md)`", ""),
        ("[a](page.md#a_page)", "link to page.md#a_page: no such heading"),
        ("[a](page.md#no-heading)", "link to page.md#no-heading: no such heading"),
        ("[a](#there)", "link to #there: no such heading"),
        ("[a](code.py#L1)", "link to code.py#L1: no such heading"),
        ("[a](folder/)", "link to folder/: a folder, which the site does not show"),
        ("[a](/page.md)", "link to /page.md: no such file"),
        ("[a](gone.md 'Title')", "link to gone.md: no such file"),
        ("[![picture](gone.png)](page.md)", "link to gone.png: no such file"),
        ("[a]: gone.md", "link to gone.md: no such file"),
        ('<img src="gone.png">', "link to gone.png: no such file"),
        ("[a](https:/example.org)", "link to https:/example.org: not a web address"),
        ("[a](htps://example.org)", "link to htps://example.org: not a web address"),
        ("[a](//example.org)", "link to //example.org: not a web address"),
        ("[a](https://example)", "link to https://example: not a web address"),
    ],
)
@pytest.mark.parametrize("ending", ["md", "ipynb"])
def test_a_link_that_leads_nowhere_is_reported(tmp_path: Path, link: str, complaint: str, ending: str):
    (tmp_path / "page.md").write_text(PAGE)
    (tmp_path / "folder").mkdir()
    for name in ("a b.md", "code.py"):
        (tmp_path / name).touch()
    page = tmp_path / f"links.{ending}"
    source = f"# Here\n\n{link}\n"
    cells = [
        {"cell_type": "markdown", "source": source.splitlines(keepends=True)},
        {"cell_type": "code", "source": ["[a](in_code.md)"]},
    ]
    page.write_text(source if ending == "md" else json.dumps({"cells": cells}))
    assert wrong_names(page, set(), set()) == ([f"{page.name}: {complaint}"] if complaint else [])


def test_a_page_may_link_to_its_own_headings(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# Here\n\n[a](#here)\n")
    assert wrong_names(page, set(), set()) == []
