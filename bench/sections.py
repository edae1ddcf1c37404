"""What a bench hands back, as Markdown."""

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Table:
    """A table; the first column holds names, the others figures.

    Attributes:
      header: Of each column.
      rows: Text of each cell.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """Returns the table, padded so that it reads well as plain text too."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.header))]
        rule = [width * "-" for width in widths[:1]] + [(width - 1) * "-" + ":" for width in widths[1:]]
        padded = [
            [
                cell.ljust(width) if at == 0 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            for line in (lines[0], rule, *lines[1:])
        ]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in padded)


@dataclasses.dataclass(frozen=True)
class Section:
    """One bench's result.

    Attributes:
      title: Of the section.
      method: What was measured and how, with the numbers of slices.
      table: The figures.
      verdict: Against the budget, kept or not.
    """

    title: str
    method: str
    table: Table
    verdict: str

    def markdown(self) -> str:
        """Returns the section without what it was measured on."""
        return f"## {self.title}\n\n{self.method}\n\n{self.table.markdown()}\n\n{self.verdict}\n"


def judged(what: str, got: float, bound: float, at_least: bool = False) -> str:
    """Returns a line on a budget: kept or not.

    Args:
      what: Is compared.
      got: Measured.
      bound: The budget.
      at_least: The budget is a lower bound.
    """
    kept = got >= bound if at_least else got <= bound
    relation = "at least" if at_least else "at most"
    return f"{what}: {got:.2f}, budget {relation} {bound:g}: **{'kept' if kept else 'not kept'}**."
