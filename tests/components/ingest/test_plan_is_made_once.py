"""The folder is looked at each time, and planned anew only where something changed."""

import os

import pytest

from components.ingest import plan as plans
from components.ingest.plan import forget, plan

pytestmark = pytest.mark.numpy


@pytest.fixture
def made(data_dir, draw, monkeypatch):
    """A labelled folder; and the list of the plans that were made, which grows."""
    for patient in range(3):
        draw(data_dir / "a" / f"P{patient}_1.png", 2 * patient)
        draw(data_dir / "b" / f"P{patient}_2.png", 2 * patient + 1)
    lines = [
        f"{'ab'[number - 1]}/P{patient}_{number}.png,{number - 1}"
        for patient in range(3)
        for number in (1, 2)
    ]
    (data_dir / "labels.csv").write_text("\n".join(["file,hemorrhage", *lines, ""]))
    plan_of, calls = plans.plan_of, []
    monkeypatch.setattr(plans, "plan_of", lambda *arguments: calls.append(1) or plan_of(*arguments))
    forget()
    yield calls
    forget()


def test_a_folder_that_did_not_change_is_planned_once(made, data_dir, params):
    assert plan(data_dir, params) is plan(data_dir, params)
    assert len(made) == 1


def test_other_parameters_give_another_plan(made, data_dir, params):
    plan(data_dir, params)
    plan(data_dir, params.model_copy(update={"patient_pattern": r"(?P<patient>P\d)_"}))
    assert len(made) == 2


def test_a_file_that_came_went_or_was_renamed_is_seen(made, data_dir, params, draw):
    first = plan(data_dir, params)
    draw(data_dir / "new.png", 9)
    assert plan(data_dir, params).unlisted == first.unlisted + 1
    (data_dir / "new.png").rename(data_dir / "newer.png")
    assert "newer.png" in plan(data_dir, params).rejections
    (data_dir / "newer.png").unlink()
    assert plan(data_dir, params) == first
    assert len(made) == 4


def test_a_label_that_changed_is_seen_though_size_and_time_stay(made, data_dir, params):
    table = data_dir / "labels.csv"
    status, text = table.stat(), table.read_text()
    first = plan(data_dir, params)
    table.write_text(text.replace("P0_1.png,0", "P0_1.png,1"))
    os.utime(table, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert sum(row.hemorrhage for row in plan(data_dir, params).slices) == 4
    assert sum(row.hemorrhage for row in first.slices) == 3


def test_what_was_forgotten_is_planned_anew(made, data_dir, params):
    plan(data_dir, params)
    forget()
    plan(data_dir, params)
    assert len(made) == 2
