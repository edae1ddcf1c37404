"""The gate separates learning from luck: the same slices with their labels and with shuffled ones."""

import csv
import random

import pytest

pytestmark = pytest.mark.e2e

PHANTOMS = (
    "phantoms.patients=40",
    "phantoms.side=128",
    "phantoms.slices_per_series=16",
    "phantoms.hemorrhage_share=0.9",
)
LEARNING = (
    "trainer.trunk=tiny",
    "trainer.epochs=20",
    "trainer.learning_rate=0.003",
    "trainer.batch_norm_momentum=0.9",
    "trainer.batch_size=16",
    "trainer.dropout=0.2",
    "transform.image_side=64",
    "gate.min_binary_accuracy=0.78",
    "filter.max_lost_hemorrhage_share=1",  # shuffled, a blank slice may be called a hemorrhage
)


@pytest.fixture(scope="module")
def studied(workplace):
    """A workplace with enough phantoms to learn from, about 41 % of their kept slices with a bleed."""
    settings = [part for setting in PHANTOMS for part in ("--set", setting)]
    assert workplace.ichor("phantoms", "--out", "phantoms", *settings).status == 0
    return workplace


def test_true_labels_are_learnt_and_blessed(studied):
    outcome, _ = studied.run(*LEARNING)
    assert outcome.status == 0, outcome.text
    assert len(studied.pushed()) == 1


def test_shuffled_labels_are_not_blessed(studied):
    table = studied.folder / "phantoms" / "labels.csv"
    rows = list(csv.DictReader(table.open(newline="")))
    labels = [row["hemorrhage"] for row in rows]
    random.Random(0).shuffle(labels)
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "hemorrhage": label} for row, label in zip(rows, labels, strict=True))
    outcome, _ = studied.run(*LEARNING)
    assert outcome.status == 3, outcome.text
    assert "NOT_BLESSED: binary_accuracy is 0." in outcome.text
    assert len(studied.pushed()) == 1
