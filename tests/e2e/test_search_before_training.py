"""A run that searches first: the graph with a Tuner, and a training that takes what it found."""

import csv
import json
import re

import pytest

pytestmark = pytest.mark.e2e

SEARCH = (
    "tuner.enabled=true", "tuner.trials=2", "tuner.epochs=1", "tuner.learning_rate_min=0.001",
    "tuner.learning_rate_max=0.01",
)  # fmt: skip


@pytest.fixture(scope="module")
def searched(place):
    return place.run(*SEARCH)


def test_the_training_takes_the_values_of_the_trial_with_the_lowest_loss(searched):
    outcome, run = searched
    assert outcome.status == 0, outcome.text
    trials = json.loads((run.output("Tuner", "tuner_results").path / "tuner_results.json").read_text())
    assert len(trials) == 2
    best = min(trials, key=lambda trial: trial["score"])
    model_run = run.output("Trainer", "model_run").path
    used = json.loads((model_run / "hyperparameters.json").read_text())
    assert used["from"] == "tuner"
    assert used["values"] == {name: best[name] for name in ("learning_rate", "dropout", "unfrozen_share")}
    with (model_run / "history.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 3  # before training, and the run's own two epochs


def test_the_terminal_tells_each_trial_the_winner_and_what_the_training_took(searched):
    text = searched[0].text
    values = r"(learning_rate 0\.00\d+, dropout 0\.\d+, unfrozen_share 1)"
    assert len(re.findall(rf"^    trial [12]/2: {values}: val_loss ", text, re.MULTILINE)) == 2
    (won,) = re.findall(rf"best of 2 trials: val_loss \d\.\d{{4}} with {values}\n", text)
    assert f"trained with what Tuner found: {won}\n" in text
    assert f"with Tuner's {won}; best of 2 epochs is " in text


def test_the_summary_lists_the_trials_and_says_what_the_training_took(place, searched):
    text = place.ichor("summary").text
    assert "search: 2 trials, the best first; the training took the first one's values\n" in text
    assert re.search(r"^with what Tuner found: learning_rate 0\.00\d+, dropout", text, re.MULTILINE)


def test_an_unchanged_run_searches_no_more_and_leaves_no_state(place, searched):
    _, run = place.run(*SEARCH)
    assert {run.nodes[node].state for node in ("Tuner", "Trainer", "Evaluator", "Pusher")} == {"cached"}
    assert list(place.layout.tuning_state.iterdir()) == []


def test_a_run_without_the_search_has_no_tuner_and_trains_by_its_settings(place, searched):
    _, run = place.run()
    assert "Tuner" not in run.nodes
    used = json.loads((run.output("Trainer", "model_run").path / "hyperparameters.json").read_text())
    assert (used["from"], used["values"]["learning_rate"]) == ("settings", 0.0005)
