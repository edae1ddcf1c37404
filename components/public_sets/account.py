"""What an import tells: counts, reasons, source and terms, in lines of text without names."""

from pathlib import Path

from components.public_sets.found import HEMORRHAGE, PATIENT, Found, Kind
from components.public_sets.registry import PublicSet


def lines(wanted: PublicSet, src: Path, out: Path, found: Found) -> list[str]:
    """Returns the account of an import.

    Args:
      wanted: The set.
      src: Its folder, as the user gave it.
      out: The folder that is made, as the user gave it.
      found: What was found.
    """
    bleeds = sum(cell == "1" for cell in found.cells(HEMORRHAGE))
    patients = set(found.cells(PATIENT))
    told = [
        f"{wanted.name}: {src} -> {out}",
        f"  {_count(len(found.rows), found.unit)}"
        + (f" of {_count(len(patients), 'patient')}" if patients else ", patients not known")
        + (f" in {_count(found.scans, Kind.SCAN)}" if found.scans is not None else "")
        + (f", {_count(len(found.links), Kind.FILE)}" if found.unit is Kind.SCAN else "")
        + f": {bleeds:,} hemorrhage, {len(found.rows) - bleeds:,} normal",
    ]
    if subtypes := found.subtypes():
        told.append("  " + ", ".join(f"{number:,} {name}" for name, number in sorted(subtypes.items())))
    if left_out := left_out_lines(found):
        told += ["left out or not needed, each named with its reason in left_out.csv:"]
        told += [f"  {line}" for line in left_out]
    if bleeds in (0, len(found.rows)):
        told.append(f"note: all are {'hemorrhage' if bleeds else 'normal'}; a model needs both")
    told += [f"note: {note}" for note in found.notes]
    told += [
        "labels.csv and left_out.csv name files and patients as the set does: keep them with it",
        f"source: {wanted.source}",
        f"terms: {wanted.terms}",
    ]
    return told


def left_out_lines(found: Found) -> list[str]:
    """Returns a line for each reason, the most frequent first."""
    counted = sorted(found.reasons().items(), key=lambda item: (-item[1], item[0]))
    return [f"{_count(number, kind)}: {reason}" for (kind, reason), number in counted]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
