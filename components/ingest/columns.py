"""Which further columns of a table become attributes to slice metrics by, and in what bands."""

import dataclasses
import itertools
import math
import re
import statistics
from collections.abc import Sequence

from components.ingest.params import IngestParams
from components.slices.errors import NamingError
from components.slices.labels import Labelled

ALL = "*"
JOINT = "+"  # epidural+subdural is both
DECADE = 10  # years
OLDEST_BAND = 90  # years; HIPAA's Safe Harbor (45 CFR 164.514(b)(2)(i)(C)) wants ages from 90 on as one
MAX_TEXT = 40  # characters; longer values are notes, not categories
# What columns are called that hold identifiers of 45 CFR 164.514(b)(2)(i), as whole words.
IDENTIFYING = re.compile(
    r"(^|[^a-z])(names?|surname|birth\w*|dob|mrn|ssn|accession\w*|address|phone|e?mail|zip|postcode|"
    r"u?ids?|identifier|date|physician|operator|institution|path|filename|serial\w*|hospital|radiologist|doctor|"
    r"ward|city|station|comments?|reports?)([^a-z]|$)"
)
IDENTIFYING_INSIDE = re.compile(
    r"patient_?(name|id)|birth|accession|uid$|(study|series|scan|exam)_?(date|time)"
)
MIN_IDENTIFYING = 3  # values; with fewer, such as a yes and a no, a value names nobody


@dataclasses.dataclass(frozen=True)
class Attributes:
    """What the further columns gave.

    Attributes:
      of_rows: "column=value" texts of each row.
      used: Names of the columns that they come from.
      left_out: Why, by name of the columns that were not taken.
    """

    of_rows: tuple[tuple[str, ...], ...]
    used: tuple[str, ...]
    left_out: dict[str, str]


def attributes(rows: Sequence[Labelled], params: IngestParams) -> Attributes:
    """Turns the table's further columns into attributes.

    A text such as epidural+subdural gives two attributes. Ages become decades. Other numbers with
    more than `max_slicing_values` values become quarters of the slices. Text with more, and
    what tells patients apart, is left out unless it is named.

    Args:
      rows: The table's rows; rows of class folders have no further columns.
      params: Which columns, and how many values are few.
    Raises:
      NamingError: A column that is named does not exist.
    """
    names = list(rows[0].further)
    named = [name for name in params.slicing_columns if name != ALL]
    absent = [name for name in named if name not in names]
    if absent:
        raise NamingError(
            f"ingest.slicing_columns: {absent[0]!r} is not in the data; further columns there: "
            f"{', '.join(names) or 'none'}"
        )
    of_rows: list[list[str]] = [[] for _ in rows]
    used: list[str] = []
    left_out: dict[str, str] = {}
    for name in names if ALL in params.slicing_columns else named:
        texts = [row.further[name] for row in rows]
        values, why = _values(name, texts, params.max_slicing_values, name in named)
        banded = any(part not in text for of_row, text in zip(values, texts, strict=False) for part in of_row)
        if not why and name not in named and not banded and _tells_patients_apart(rows, values):
            why = "most of its values belong to one patient each; they may identify people"
        if not why and name not in named and _is_identifying(name):
            why = "by its name it identifies people, places or times"
        if why:
            left_out[name] = why
            continue
        used.append(name)
        for attribute_list, value in zip(of_rows, values, strict=True):
            attribute_list += [_on_one_line(f"{name}={part}") for part in value]
    return Attributes(tuple(tuple(texts) for texts in of_rows), tuple(used), left_out)


def _values(name: str, texts: Sequence[str], few: int, is_named: bool) -> tuple[list[tuple[str, ...]], str]:
    """Returns the values to write of each row (none where unknown) and why the column has none."""
    distinct = {text for text in texts if text}
    if not distinct:
        return [], "it is empty"
    numbers = {text: _number(text) for text in distinct}
    if None not in numbers.values():
        of = {text: number for text, number in numbers.items() if number is not None}
        if _is_age(name):
            if min(of.values()) < 0:
                return [], "it holds negative ages"
            return [(_decade(of[text]),) if text else () for text in texts], ""
        if len(set(of.values())) <= few:
            return [(text,) if text else () for text in texts], ""
        return _quarters([of[text] if text else None for text in texts]), ""
    parts = [tuple(part.strip() for part in text.split(JOINT) if part.strip()) for text in texts]
    distinct = {part for of_row in parts for part in of_row}
    if not distinct:  # nothing but joints
        return [], "it is empty"
    if is_named:
        return parts, ""
    if len(distinct) > few:
        return [], f"it has {len(distinct)} values, more than {few}, and is no number; it may identify people"
    if max(map(len, distinct)) > MAX_TEXT:
        return [], f"it holds texts of more than {MAX_TEXT} characters; they may identify people"
    return parts, ""


def _on_one_line(text: str) -> str:
    """Returns a text with escapes for what a terminal or a log would obey: it is shown in many places."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def _is_identifying(name: str) -> bool:
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return bool(IDENTIFYING.search(spelled.replace("_", " ")) or IDENTIFYING_INSIDE.search(spelled))


def _number(text: str) -> float | None:
    """Returns a number, or None for text and for what looks like an identifier (007)."""
    if re.fullmatch(r"[+-]?0\d.*", text):
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _is_age(name: str) -> bool:
    return "age" in re.split(r"[^a-z]+", name.casefold())


def _decade(age: float) -> str:
    if age >= OLDEST_BAND:
        return f"{OLDEST_BAND}+"
    start = int(age // DECADE) * DECADE
    return f"{start}-{start + DECADE - 1}"


def _quarters(numbers: Sequence[float | None]) -> list[tuple[str, ...]]:
    """Returns each number's quarter of the slices, its bounds cut to two digits so as to tell no value."""
    known = [number for number in numbers if number is not None]
    cuts = [float(f"{cut:.2g}") for cut in statistics.quantiles(known, n=4, method="inclusive")]
    edges = sorted(set(cuts))
    bands = [f"below {edges[0]:g}"]
    bands += [f"{low:g} to {high:g}" for low, high in itertools.pairwise(edges)]
    bands += [f"from {edges[-1]:g}"]
    return [() if number is None else (bands[sum(number >= edge for edge in edges)],) for number in numbers]


def _tells_patients_apart(rows: Sequence[Labelled], values: Sequence[tuple[str, ...]]) -> bool:
    people: dict[str, set[str]] = {}
    for row, value in zip(rows, values, strict=True):
        for part in value:
            people.setdefault(part, set()).add(row.patient or row.path)
    alone = sum(len(of_value) == 1 for of_value in people.values())
    return len(people) >= MIN_IDENTIFYING and 2 * alone >= len(people)
