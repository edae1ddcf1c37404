"""The flow diagram as SVG, in a wide and in a narrow form; every word in it is escaped."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from components.report.wording import counted, reason
from schemas.accounts.report import Flow
from schemas.features import SPLIT_NAMES

LINE, PAD, GAP = 20, 10, 26  # pixels: of a line of text, around it, between boxes
LETTER = 7.4  # pixels a letter of 14 pixels is wide, on average
BASE = 14  # pixels from a line's top to its letters' foot
WIDE, NARROW = 760, 350  # pixels
MOST_REASONS = 6


class _Box(NamedTuple):
    left: int
    top: int
    width: int
    lines: list[str]
    style: str

    @property
    def height(self) -> int:
        return len(self.lines) * LINE + 2 * PAD

    def drawn(self) -> str:
        styles = ['class="lead" ', *[""] * len(self.lines)]
        texts = "".join(
            f'<text {styles[at]}x="{self.left + PAD + 2}" y="{self.top + PAD + BASE + at * LINE}">'
            f"{escape(line)}</text>"
            for at, line in enumerate(self.lines)
        )
        return (
            f'<g class="{self.style}"><rect x="{self.left + 1}" y="{self.top}" width="{self.width - 2}" '
            f'height="{self.height}" rx="6"/>{texts}</g>'
        )


def draw(flow: Flow, width: int) -> Markup:
    """Returns the diagram.

    Args:
      flow: The counts.
      width: Pixels, WIDE or NARROW; boxes of what was left out stand beside the others or between them.
    """
    wide = width >= WIDE
    main = 330 if wide else width
    spine = main // 2 if wide else 24
    parts, top = [], 2
    for lines, left_out in _steps(flow):
        box = _Box(0, top, main, _wrapped(lines, main), "step")
        parts.append(box.drawn())
        top += box.height
        if not left_out:
            parts.append(_arrow(spine, top, top + GAP))
            top += GAP
            continue
        side = main + 60 if wide else 50
        beside = _Box(side, top + GAP // 2, width - side, _wrapped(left_out, width - side), "left-out")
        middle = beside.top + beside.height // 2
        end = beside.top + beside.height + GAP // 2
        parts += [beside.drawn(), _arrow(spine, top, end), _turn(spine, side, middle)]
        top = end
    parts.append(_splits(flow, width, spine, top, wide))
    top += max(_split_heights(flow, width, wide))
    told = escape(in_words(flow))
    return Markup(
        f'<svg class="flow {"wide" if wide else "narrow"}" viewBox="0 0 {width} {top + 2}" '
        f'width="{width}" height="{top + 2}" role="img" aria-label="{told}">{"".join(parts)}</svg>'
    )


def in_words(flow: Flow) -> str:
    """Returns the diagram as a sentence."""
    splits = ", ".join(f"{SPLIT_NAMES.get(name, name)} {one.slices}" for name, one in flow.splits.items())
    return (
        f"Of {counted(flow.found, 'slice')} found, {sum(flow.rejected.values())} were rejected, "
        f"{sum(flow.dropped.values())} dropped by the slice filter, {sum(flow.leaking.values())} dropped for "
        f"leakage; left are {splits}."
    )


def _steps(flow: Flow) -> list[tuple[list[str], list[str]]]:
    found = [f"{counted(flow.found, 'slice')} found"]
    if flow.not_slices:
        found.append(f"and {counted(sum(flow.not_slices.values()), 'file')} not to be read")
    return [
        (found, _left_out("rejected", flow.rejected)),
        ([f"{counted(flow.read, 'slice')} read"], _left_out("dropped by the slice filter", flow.dropped)),
        ([f"{counted(flow.kept, 'slice')} kept"], _left_out("dropped for leakage", flow.leaking)),
        ([f"{counted(sum(one.slices for one in flow.splits.values()), 'slice')} in splits by patient"], []),
    ]


def _left_out(what: str, reasons: Mapping[str, int]) -> list[str]:
    shown = [f"{number:,}  {reason(name)}" for name, number in reasons.items()]
    if len(shown) > MOST_REASONS:
        rest = list(reasons.values())[MOST_REASONS - 1 :]
        shown = [*shown[: MOST_REASONS - 1], f"{sum(rest):,}  for {len(rest)} other reasons"]
    return [f"{sum(reasons.values()):,} {what}", *shown]


def _split_boxes(flow: Flow, width: int, wide: bool) -> list[tuple[int, list[str]]]:
    number = max(len(flow.splits), 1)
    each = (width - (number - 1) * PAD) // number if wide else width - 50
    return [
        (
            each,
            _wrapped(
                [
                    SPLIT_NAMES.get(name, name).capitalize(),
                    f"{counted(one.slices, 'slice')} of {counted(one.patients, 'patient')}",
                    f"{one.hemorrhage:,} hemorrhage, {one.normal:,} normal",
                ],
                each,
            ),
        )
        for name, one in flow.splits.items()
    ]


def _split_heights(flow: Flow, width: int, wide: bool) -> Sequence[int]:
    heights = [len(lines) * LINE + 2 * PAD for _, lines in _split_boxes(flow, width, wide)]
    return [GAP + max(heights)] if wide else [sum(height + PAD for height in heights)]


def _splits(flow: Flow, width: int, spine: int, top: int, wide: bool) -> str:
    parts, left, upper = [], 0, top
    boxes = _split_boxes(flow, width, wide)
    if wide:
        middles = [at * (boxes[0][0] + PAD) + boxes[0][0] // 2 for at in range(len(boxes))]
        parts.append(f'<path class="line" d="M{min(middles)} {top}H{max(max(middles), spine)}"/>')
        parts += [_arrow(middle, top, top + GAP) for middle in middles]
        for each, lines in boxes:
            parts.append(_Box(left, top + GAP, each, lines, "split").drawn())
            left += each + PAD
        return "".join(parts)
    places = []
    for each, lines in boxes:
        box = _Box(50, upper, each, lines, "split")
        places.append(box.top + box.height // 2)
        parts.append(box.drawn())
        upper += box.height + PAD
    parts.append(f'<path class="line" d="M{spine} {top - GAP}V{places[-1]}"/>')
    return "".join([*parts, *(_turn(spine, 50, place) for place in places)])


def _wrapped(lines: Sequence[str], width: int) -> list[str]:
    letters = int((width - 2 * PAD - 4) / LETTER)
    return [part for line in lines for part in textwrap.wrap(line, letters, subsequent_indent="   ") or [""]]


def _arrow(x: int, top: int, bottom: int) -> str:
    return (
        f'<path class="line" d="M{x} {top}V{bottom}"/><path class="tip" d="M{x - 5} {bottom - 8}h10l-5 8z"/>'
    )


def _turn(left: int, right: int, y: int) -> str:
    return (
        f'<path class="line" d="M{left} {y}H{right}"/><path class="tip" d="M{right - 8} {y - 5}v10l8 -5z"/>'
    )
