"""Tables on the terminal, in Markdown, so that they can go into a page as they are."""

from collections.abc import Sequence


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows below a head, in columns as wide as they need."""
    lines = [head, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    ruled = [head, ["-" * width for width in widths], *rows]
    print()
    for line in ruled:
        print("| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) + " |")
    print(flush=True)
