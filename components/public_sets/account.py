"""The account of an import: counts, reasons, source and terms, in lines of text without names."""

from pathlib import Path

from components.public_sets.contents import HEMORRHAGE, PATIENT, Kind, SetContents
from components.public_sets.registry import PublicSet


def lines(wanted: PublicSet, src: Path, out: Path, contents: SetContents) -> list[str]:
    """Returns the account of an import.

    Args:
      wanted: The set.
      src: Its folder, as the user gave it.
      out: The folder that is made, as the user gave it.
      contents: What is imported and what is left out.
    """
    bleeds = sum(cell == "1" for cell in contents.cells(HEMORRHAGE))
    patients = set(contents.cells(PATIENT))
    text = [
        f"{wanted.name}: {src} -> {out}",
        f"  {_count(len(contents.rows), contents.unit)}"
        + (f" of {_count(len(patients), 'patient')}" if patients else ", patients not known")
        + (f" in {_count(contents.scans, Kind.SCAN)}" if contents.scans is not None else "")
        + (f", {_count(len(contents.links), Kind.FILE)}" if contents.unit is Kind.SCAN else "")
        + f": {bleeds:,} hemorrhage, {len(contents.rows) - bleeds:,} normal",
    ]
    if subtypes := contents.subtypes():
        text.append("  " + ", ".join(f"{number:,} {name}" for name, number in sorted(subtypes.items())))
    if left_out := left_out_lines(contents):
        text += ["left out or not needed, each named with its reason in left_out.csv:"]
        text += [f"  {line}" for line in left_out]
    if bleeds in (0, len(contents.rows)):
        text.append(f"note: all are {'hemorrhage' if bleeds else 'normal'}; a model needs both")
    text += [f"note: {note}" for note in contents.notes]
    text += [
        "labels.csv and left_out.csv name files and patients as the set does: keep them with it",
        f"source: {wanted.source}",
        f"terms: {wanted.terms}",
    ]
    return text


def left_out_lines(contents: SetContents) -> list[str]:
    """Returns a line for each reason, the most frequent first."""
    counted = sorted(contents.reasons().items(), key=lambda item: (-item[1], item[0]))
    return [f"{_count(number, kind)}: {reason}" for (kind, reason), number in counted]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
