"""Figures go into the document's own places and leave the rest alone."""

from pathlib import Path

import pytest

from bench.document import update
from bench.sections import Table, judged

pytestmark = pytest.mark.numpy


def test_a_section_is_replaced_in_its_place_and_nothing_else_is_touched(tmp_path: Path):
    page = tmp_path / "docs" / "performance.md"
    update(page, "nodes", "old nodes\n")
    update(page, "epoch", "epochs\n")
    page.write_text(page.read_text() + "\nWritten by hand.\n")
    update(page, "nodes", "new nodes\n")
    text = page.read_text()
    assert text.startswith("# Performance\n")
    assert "old nodes" not in text
    assert text.index("new nodes") < text.index("epochs") < text.index("Written by hand.")
    assert text.count("<!-- bench nodes: begin -->") == text.count("<!-- bench nodes: end -->") == 1


def test_a_section_without_its_end_is_not_guessed_at(tmp_path: Path):
    page = tmp_path / "performance.md"
    page.write_text("<!-- bench nodes: begin -->\nfigures\n")
    with pytest.raises(ValueError, match="has no <!-- bench nodes: end -->"):
        update(page, "nodes", "new\n")
    assert page.read_text() == "<!-- bench nodes: begin -->\nfigures\n"


def test_a_table_is_padded_markdown():
    table = Table(("part", "ms"), [("filter", "2.02"), ("all", "12.50")])
    assert table.markdown().splitlines() == [
        "| part   |    ms |",
        "| ------ | ----: |",
        "| filter |  2.02 |",
        "| all    | 12.50 |",
    ]


@pytest.mark.parametrize(
    ("got", "at_least", "kept"), [(2.9, False, True), (3.1, False, False), (3.1, True, True)]
)
def test_a_verdict_says_whether_the_budget_is_kept(got: float, at_least: bool, kept: bool):
    assert ("**kept**" in judged("x", got, 3.0, at_least)) == kept
    assert ("**not kept**" in judged("x", got, 3.0, at_least)) != kept
