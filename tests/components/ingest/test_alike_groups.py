import hashlib
import io
import logging

import numpy as np
import pytest
from PIL import Image

from components.ingest.groups import assign_groups, brightness_steps, candidates

pytestmark = pytest.mark.numpy


def head(patient: int, place: float = 0.0) -> Image.Image:
    """A smooth picture that changes slowly with its place in a series and wholly with its patient."""
    random = np.random.default_rng(patient)
    y, x = np.mgrid[0:64, 0:64] / 64
    waves = random.uniform(2, 9, (6, 2))
    phases = random.uniform(0, 6, 6) + 0.1 * place
    wave = sum(np.sin(u * x * 3 + v * y * 3 + phase) for (u, v), phase in zip(waves, phases, strict=True))
    return Image.fromarray(np.uint8(np.clip(128 + 20 * wave, 0, 255)))


def save(data_dir, name: str, image: Image.Image, **options) -> str:
    path = data_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return name


def test_a_series_is_one_group_across_class_folders_and_two_patients_are_two(data_dir, params):
    paths = [
        save(
            data_dir, f"{'normal' if place < 6 else 'bleed'}/scan{patient}_{place}.png", head(patient, place)
        )
        for patient in (1, 2)
        for place in range(12)
    ]
    group_of = assign_groups(data_dir, paths, params)
    assert len({group_of[path] for path in paths[:12]}) == 1
    assert len({group_of[path] for path in paths[12:]}) == 1
    assert group_of[paths[0]] != group_of[paths[12]]


def test_a_file_that_cannot_be_read_does_not_part_its_neighbours(data_dir, params):
    paths = [save(data_dir, f"normal/scan_{place}.png", head(1, place)) for place in range(6)]
    before = assign_groups(data_dir, paths, params)
    (data_dir / "normal/scan_2_broken.png").write_bytes((data_dir / paths[2]).read_bytes()[:-1])
    (data_dir / "normal/scan_3_empty.png").touch()
    broken = ["normal/scan_2_broken.png", "normal/scan_3_empty.png", "normal/scan_4_missing.png"]
    after = assign_groups(data_dir, [*paths, *broken], params)
    assert {path: after[path] for path in paths} == before
    assert len(set(after.values())) == 1 + len(broken)


def test_a_copy_in_another_coding_size_or_depth_is_in_the_group_of_its_original(data_dir, params):
    image = head(3)
    deep = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    paths = [
        save(data_dir, "normal/original.png", image),
        save(data_dir, "bleed/other/copy.jpg", image, quality=95),
        save(data_dir, "bleed/another/large.png", image.resize((96, 96), Image.Resampling.BICUBIC)),
        save(data_dir, "bleed/last/deep.png", deep),
    ]
    assert len(set(assign_groups(data_dir, paths, params).values())) == 1


def test_a_group_keeps_its_name_when_slices_that_differ_are_added(data_dir, params):
    paths = [save(data_dir, f"normal/{number}.png", head(number)) for number in range(4)]
    before = assign_groups(data_dir, paths[:3], params)
    after = assign_groups(data_dir, paths, params)
    assert before == {path: after[path] for path in paths[:3]}
    assert len(set(after.values())) == 4


def test_slices_that_are_merely_similar_are_one_series_only_within_a_folder(data_dir, params):
    together = [save(data_dir, f"normal/A/{place}.png", head(5, place)) for place in (0, 2)]
    apart = [
        save(data_dir, f"normal/{folder}/9.png", head(6, place)) for folder, place in [("B", 0), ("C", 2)]
    ]
    group_of = assign_groups(data_dir, together + apart, params)
    assert group_of[together[0]] == group_of[together[1]]
    assert group_of[apart[0]] != group_of[apart[1]]


def test_a_group_is_named_by_the_least_hash_among_its_members(data_dir, params):
    paths = [save(data_dir, f"normal/{place}.png", head(7, place)) for place in range(6)]
    least = min(hashlib.sha256((data_dir / path).read_bytes()).hexdigest() for path in paths)
    assert set(assign_groups(data_dir, paths, params).values()) == {f"group {least}"}


def test_blank_and_broken_files_join_nobody_but_exact_copies(data_dir, params):
    blank = [save(data_dir, f"normal/{n}.png", Image.new("L", (64, 64), n)) for n in (0, 1)]
    (data_dir / "normal/broken.png").write_bytes(b"no image")
    (data_dir / "normal/copy.png").write_bytes((data_dir / blank[0]).read_bytes())
    group_of = assign_groups(
        data_dir, [*blank, "normal/broken.png", "normal/copy.png", "normal/gone.png"], params
    )
    assert len(set(group_of.values())) == 4
    assert group_of["normal/copy.png"] == group_of[blank[0]]


def test_brightness_steps_tell_where_an_image_brightens_to_the_right():
    ramp = np.tile(np.arange(0, 68, dtype=np.uint8), (64, 1))
    ramp[32:] = ramp[32:, ::-1]
    stream = io.BytesIO()
    Image.fromarray(ramp).save(stream, "PNG")
    steps = brightness_steps(stream.getvalue())
    assert steps is not None
    assert steps.reshape(16, 16)[:8].all()
    assert not steps.reshape(16, 16)[8:].any()
    assert brightness_steps(b"no image") is None


def in_air(image: Image.Image) -> np.ndarray:
    """The brightness steps of a picture with a third of air above it, as most slices have."""
    framed = Image.new("L", (64, 64))
    framed.paste(image.resize((48, 42)), (8, 22))
    stream = io.BytesIO()
    framed.save(stream, "PNG")
    steps = brightness_steps(stream.getvalue())
    assert steps is not None
    assert not steps[: 5 * 16].any()
    return steps


def pairs(steps: list[np.ndarray]) -> list[tuple[int, int]]:
    return [pair for block in candidates(steps) for pair in zip(*map(np.ndarray.tolist, block), strict=True)]


def test_each_slice_is_compared_with_few_others_though_all_have_air_above_the_head():
    steps = [in_air(head(patient)) for patient in range(400)]
    assert len(pairs(steps)) < 10 * len(steps)  # and not with each of 399


def test_a_thousand_slices_that_look_the_same_are_each_compared_once():
    steps = in_air(head(1))
    assert pairs([steps] * 1_000) == [(index, 0) for index in range(1, 1_000)]


def test_slices_that_differ_in_eight_places_are_compared_wherever_these_are():
    random = np.random.default_rng(0)
    places = [np.arange(first, first + 8) for first in range(0, 249, 8)]
    places += [random.choice(256, 8, replace=False) for _ in range(200)]
    steps = in_air(head(2))
    for eight in places:
        other = steps.copy()
        other[eight] = ~other[eight]
        assert (1, 0) in pairs([steps, other])


def test_a_long_look_for_likeness_tells_how_far_it_is(data_dir, params, caplog):
    (data_dir / "normal").mkdir(parents=True)
    with caplog.at_level(logging.INFO, "ichor.ingest"):
        assign_groups(data_dir, [f"normal/{number}.png" for number in range(4_001)], params)
    assert [record.getMessage() for record in caplog.records] == [
        "patients are not known; looked for likeness at 2000 of 4001 slices",
        "patients are not known; looked for likeness at 4000 of 4001 slices",
    ]
