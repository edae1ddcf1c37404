"""The leakage gate: a print of each slice beside decoding it, and the search among many."""

import numpy as np

from bench.cost import MILLISECONDS, Cost, cost_of, decode_floor, median
from bench.made_prints import made_prints
from bench.sections import Section, Table, judged
from bench.workplace import Workplace
from components.imaging.decode import decode_grey
from components.imaging.likeness import CLOSER_SIDE, Thumbnails
from components.leakage.alike import Alike
from components.leakage.findings import Codes, conflicting_labels, identical_images, shared_patients
from components.leakage.params import LeakageParams
from components.leakage.prints import Prints, print_of
from pipeline.settings.loading import load

MINUTE = 60.0  # seconds
BUDGET = 10.0  # minutes of CPU time for the largest number of slices


def run(place: Workplace) -> Section:
    """Measures prints on phantoms, and the search on made prints of rising numbers."""
    params = load("local", [], environment={}).config.leakage
    encoded = place.folders().encoded()
    floors, printed = [], []
    for number in range(1, place.sizes.rounds + 1):
        place.say(f"round {number} of {place.sizes.rounds}: prints")
        floors.append(decode_floor(encoded))
        printed.append(_print_cost(encoded))
    floor, print_cost = median(floors), median(printed)
    rows = [
        ("decoding a slice once (Pillow)", *_cells(floor, 1, floor)),
        ("a slice's print, decoding included", *_cells(print_cost, 1, floor)),
    ]
    searched = Cost(0, 0)
    for size in place.sizes.prints:
        place.say(f"search among {size} slices")
        prints = made_prints(size, np.random.default_rng(0))
        searched = median([_search_cost(prints, params) for _ in range(place.sizes.rounds)])
        rows.append((f"the search among {len(prints):,} slices", *_cells(searched, len(prints), floor)))
    whole = (print_cost.cpu * len(prints) + searched.cpu) / MINUTE
    return Section(
        title="The leakage gate",
        method=(
            f"Prints of {len(encoded)} phantom slices of {place.sizes.side} px, and the search for patients, "
            "equal pixels, near hashes and labels among made prints, at the default settings; medians "
            f"of {place.sizes.rounds}. The search compares the edges of what is near; reading the thumbnails "
            "for that is not in it, and costs each slice that is near another its print once more."
        ),
        table=Table(
            ("part", "CPU, s", "wall, s", "CPU, ms a slice", "times decoding"),
            rows,
        ),
        verdict=judged(f"Prints and search of {len(prints):,} slices, minutes of CPU time", whole, BUDGET),
    )


def _cells(cost: Cost, slices: int, floor: Cost) -> tuple[str, str, str, str]:
    each = cost.cpu / slices
    return f"{cost.cpu:.3f}", f"{cost.wall:.3f}", f"{each * MILLISECONDS:.3f}", f"{each / floor.cpu:.2f}"


def _print_cost(encoded: list[bytes]) -> Cost:
    def make() -> None:
        for image in encoded:
            print_of(image, decode_grey(image), True, slice_id="s", patient_id="p", split=0, label=0)

    return cost_of(make) / len(encoded)


def _search_cost(prints: Prints, params: LeakageParams) -> Cost:
    def look_closer(indices: Codes) -> Thumbnails:
        return np.zeros((len(indices), CLOSER_SIDE, CLOSER_SIDE), np.uint8)

    def search() -> None:
        for look in (shared_patients, identical_images, conflicting_labels):
            look(prints, params.example_pairs)
        alike = Alike(prints, params.max_hash_distance)
        alike.near()
        alike.confirmed(look_closer, params.min_correlation, params.example_pairs)

    return cost_of(search)
