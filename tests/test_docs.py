"""What the documentation names has to exist: files, commands, settings, make targets, placeholders filled."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.settings.config import DEFAULTS

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[1]
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
MOST_PICTURE_BYTES = 300_000

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?:^|[`$]\s*|/)ichor ([a-z]+)\b", re.MULTILINE)
TARGET = re.compile(r"(?:^|`|\$ )make ([a-z][a-z0-9 -]*)", re.MULTILINE)
GROUPS = "|".join(DEFAULTS)
KEY = re.compile(rf"(?<![\w./-])(?:{GROUPS})\.([a-z_]+)(?![\w/(*.])")
FILE_ENDINGS = {"py", "json", "csv", "toml", "md", "html"}  # `filter.json` is no setting


def wrong_names(page: Path, targets: set[str], commands: set[str]) -> list[str]:
    """Returns a line for each thing that a page names and that does not exist."""
    text = page.read_text(encoding="utf-8")
    prose = CODE.sub("", text)
    code = "\n".join(CODE.findall(text))
    wrong = [f"link to {link}" for link in LINK.findall(prose) if not _leads_somewhere(page, link)]
    wrong += [f"ichor {name}" for name in COMMAND.findall(code) if name not in commands]
    wrong += [
        f"make {name}" for names in TARGET.findall(code) for name in names.split() if name not in targets
    ]
    wrong += [f"setting {key}" for key in _keys(code) if not _is_setting(key)]
    return [f"{page.name}: {what}" for what in wrong]


def _leads_somewhere(page: Path, link: str) -> bool:
    return link.startswith(("http://", "https://", "#")) or (page.parent / link.partition("#")[0]).exists()


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


def test_names_that_do_not_exist_are_told(tmp_path: Path):
    (tmp_path / "here.md").touch()
    page = tmp_path / "page.md"
    page.write_text(
        "See [here](here.md), [there](there.md#part), [the web](https://example.org) and ![](gone.png).\n"
        "`filter.json` holds what `filter.enabled` and `filter.min_brian_share` decide. Write `gate.*`.\n"
        "```\nmake demo\nmake lint dmeo\n.venv/bin/ichor run --set trainer.epochs=3 --set trainer.epoch=3\n"
        "$ ichor pretict x.png\n```\nIn prose make sense of ichor graphs.\n"
    )
    assert wrong_names(page, {"demo", "lint"}, {"run", "predict"}) == [
        "page.md: link to there.md#part",
        "page.md: link to gone.png",
        "page.md: ichor pretict",
        "page.md: make dmeo",
        "page.md: setting filter.min_brian_share",
        "page.md: setting trainer.epoch",
    ]
