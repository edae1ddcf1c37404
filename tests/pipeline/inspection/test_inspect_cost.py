"""What a run is said to take, computed by hand from few numbers."""

import dataclasses
import os
from pathlib import Path

import pytest

from components.trainer.trunks import TRUNKS
from pipeline.inspection import cost
from pipeline.inspection.findings import Looks, Part, Split
from pipeline.settings.loading import load

pytestmark = pytest.mark.numpy

LOOKS = Looks(
    slices=100, of=1000, rejected={"empty": 10}, examples=(), sizes={"512 x 512": 90}, not_square=0,
    would_drop={"blank": 20}, hemorrhages=10, hemorrhages_lost=0, even=0, bright=1.0, mean_bytes=9400.0,
    milliseconds=2.0,
)  # fmt: skip
SPLIT = Split(0, {"train": 0.8, "val": 0.2}, "", True, {}, False, 0, 0)
TWO_CORES = {0, 1}


@pytest.fixture(autouse=True)
def _machine(monkeypatch):
    """Two cores as fast as the reference."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: TWO_CORES)
    monkeypatch.setattr(cost, "_speed", lambda: 1.0)


def expected(*settings: str, split: Split = SPLIT, channels: int = 1):
    config = load(assignments=settings, read_file=False).config
    return cost.expect(1000, LOOKS, split, channels, config, Path("/nowhere/results"))


def test_the_data_take_three_looks():
    assert expected().data_seconds == pytest.approx(6.0)


def test_an_epoch_trains_on_what_is_kept_and_measures_the_rest_on_all_cores():
    # 900 of 1,000 are read, 700 kept; 560 of them trained on at 0.206 CPU s, 140 measured at 0.28 of that.
    an_epoch = (560 + 0.28 * 140) * 0.206 / 2
    six, single = expected("trainer.epochs=6"), expected("trainer.epochs=1")
    assert six.training_seconds - single.training_seconds == pytest.approx(5 * an_epoch)
    assert six.rest_seconds - single.rest_seconds == pytest.approx(7.5)  # 1.5 s an epoch
    half = expected("trainer.epochs=6", "transform.image_side=112")
    assert half.training_seconds == pytest.approx(six.training_seconds / 4)


@pytest.mark.parametrize("trunk", TRUNKS)
def test_every_trunk_has_its_own_step_and_model(trunk: str):
    step, model = {
        "inception_v3": (0.206, 91_000_000), "efficientnet_v2_b0": (0.129, 31_000_000),
        "tiny": (0.0065, 4_000_000),
    }[trunk]  # fmt: skip
    six, one = (expected(f"trainer.trunk={trunk}", f"trainer.epochs={epochs}") for epochs in (6, 1))
    an_epoch = (560 + 0.28 * 140) * step / 2
    assert six.training_seconds - one.training_seconds == pytest.approx(5 * an_epoch)
    assert six.kept_bytes == 2 * 900 * (9400 + 600) + 3 * model


def test_the_split_counts_where_it_is_known_and_nothing_is_dropped_by_a_filter_that_is_off():
    parts = {"train": Part(500, 1, 1, 1), "val": Part(500, 1, 1, 1)}
    known = dataclasses.replace(SPLIT, parts=parts)
    six, single = (
        expected(f"trainer.epochs={epochs}", "filter.enabled=false", split=known) for epochs in (6, 1)
    )
    assert six.training_seconds - single.training_seconds == pytest.approx(5 * (450 + 0.28 * 450) * 0.206 / 2)


def test_a_machine_twice_as_fast_takes_half_the_time(monkeypatch):
    before = expected().training_seconds
    monkeypatch.setattr(cost, "_speed", lambda: 2.0)
    assert expected().training_seconds == pytest.approx(before / 2)


def test_disk_is_two_copies_of_the_records_and_three_of_the_model_and_the_states_while_it_trains():
    cost = expected()
    records = 2 * 900 * (9400 + 600)
    assert cost.kept_bytes == records + 3 * 91_000_000
    assert cost.most_bytes == records + 5 * 91_000_000


def test_slices_that_do_not_fit_into_memory_take_disk_while_it_trains():
    spilt = expected("trainer.cache_megabytes=100", channels=3).most_bytes - expected().most_bytes
    assert spilt == 700 * 224 * 224 * 3
    assert expected("trainer.cache_megabytes=106", channels=3).most_bytes == expected().most_bytes


def test_the_speed_of_this_machine_is_a_positive_number(monkeypatch):
    monkeypatch.undo()
    assert cost._speed() > 0
