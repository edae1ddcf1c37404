"""Pairs of slices side by side on one picture, to see what the gate found."""

from collections.abc import Mapping, Sequence

from components.imaging.sheet import FAINT, GAP, INK, LINE, THUMBNAIL, TITLE, WARNING, Sheet, Thumbnail
from components.leakage.findings import Kind, Pair
from components.leakage.prints import Prints
from schemas.features import CLASSES

COLUMNS = 4  # pairs
BETWEEN = 2  # pixels between the slices of a pair
LINES = 3  # below a pair
TITLES = {
    Kind.PATIENT: "one patient in two splits",
    Kind.IDENTICAL: "the same pixels in two splits",
    Kind.ALIKE: "alike in two splits, the best correlated first",
    Kind.CONFLICT: "the same pixels with both labels",
}
PAIR = 2 * THUMBNAIL + BETWEEN


def draw(
    pairs: Sequence[Pair], prints: Prints, thumbnails: Mapping[bytes, Thumbnail], splits: Sequence[str]
) -> bytes:
    """Returns the pairs as an encoded PNG, those of each finding below a title.

    Args:
      pairs: To show.
      prints: Of all slices.
      thumbnails: By slice id, of all slices of the pairs.
      splits: Names, the training split first.
    """
    parts = [(TITLES[kind], [pair for pair in pairs if pair.kind is kind]) for kind in Kind]
    parts = [part for part in parts if part[1]] or [("nothing is in two splits, nothing has two labels", [])]
    row_height = THUMBNAIL + LINES * LINE + GAP
    rows = [-(-len(of_kind) // COLUMNS) for _, of_kind in parts]
    sheet = Sheet(GAP + COLUMNS * (PAIR + 2 * GAP), GAP + sum(TITLE + row * row_height for row in rows))
    top = GAP
    for (title, of_kind), row in zip(parts, rows, strict=True):
        sheet.title(GAP, top, title)
        top += TITLE
        for place, pair in enumerate(of_kind):
            left = GAP + place % COLUMNS * (PAIR + 2 * GAP)
            _draw_pair(sheet, left, top + place // COLUMNS * row_height, pair, prints, thumbnails, splits)
        top += row * row_height
    return sheet.png()


def _draw_pair(
    sheet: Sheet,
    left: int,
    top: int,
    pair: Pair,
    prints: Prints,
    thumbnails: Mapping[bytes, Thumbnail],
    splits: Sequence[str],
) -> None:
    for place, index in enumerate((pair.one, pair.other)):
        row = prints[index]
        at = left + place * (THUMBNAIL + BETWEEN)
        sheet.slice(at, top, thumbnails[row["slice_id"]])
        label = int(row["label"])
        sheet.words(at, top + THUMBNAIL, splits[row["split"]], INK)
        sheet.words(at, top + THUMBNAIL + LINE, CLASSES[label], WARNING if label else FAINT)
    sheet.words(left, top + THUMBNAIL + 2 * LINE, _likeness(pair), FAINT)


def _likeness(pair: Pair) -> str:
    measures = [] if pair.distance is None else [f"{pair.distance} of 256 places differ"]
    if pair.correlation is not None:
        measures.append(f"edges {pair.correlation:.2f}")
    return ", ".join(measures)
