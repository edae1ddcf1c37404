"""A run that searches first and is followed by trackings: Tuner, a training that takes what it found."""

import csv
import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from mlflow import MlflowClient

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
SEARCH = (
    "tuner.enabled=true", "tuner.trials=2", "tuner.epochs=1", "tuner.learning_rate_min=0.001",
    "tuner.learning_rate_max=0.01",
)  # fmt: skip
FOLLOWED = ("tracking.mlflow=true", "tracking.wandb=true", "tracking.project=heads")


@pytest.fixture(scope="module")
def searched(place):
    return place.run(*SEARCH, *FOLLOWED)


def followed_runs(place):
    client = MlflowClient(tracking_uri=(place.layout.root / "tracking" / "mlflow").as_uri())
    experiment = client.get_experiment_by_name("heads").experiment_id
    return client, client.search_runs([experiment], order_by=["attribute.start_time"])


def val_losses(client, run_id):
    return [(metric.step, metric.value) for metric in client.get_metric_history(run_id, "val_loss")]


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


def test_the_terminal_lists_each_trial_the_winner_and_what_the_training_took(searched):
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


def test_mlflow_has_each_epoch_of_the_training_and_what_the_run_came_to(place, searched):
    _, run = searched
    client, (logged,) = followed_runs(place)
    with (run.output("Trainer", "model_run").path / "history.csv").open() as file:
        table = [(int(row["epoch"]), float(row["val_loss"])) for row in csv.DictReader(file)]
    assert val_losses(client, logged.info.run_id) == table
    assert logged.data.params["tuner.trials"] == "2"
    assert (logged.data.tags["run"], logged.data.tags["blessed"]) == (run.id, "True")
    assert logged.data.tags["pushed_version"] == place.pushed()[0]
    evaluation = json.loads((run.output("ModelGate", "evaluation").path / "evaluation.json").read_text())
    for split in ("val", "test"):
        measured = evaluation["splits"][split]["slices"]["metrics"]["sensitivity"]["value"]
        assert logged.data.metrics[f"{split}/slices/sensitivity"] == measured
    assert logged.data.metrics["threshold"] == evaluation["operating_point"]["threshold"]


def test_the_terminal_says_where_the_run_can_be_looked_at(place, searched):
    text = searched[0].text
    assert f"in {(place.layout.root / 'tracking' / 'mlflow').as_uri()}\n" in text
    (folder,) = re.findall(r"^    Weights & Biases: wandb sync (.*)$", text, re.MULTILINE)
    assert len(list(Path(folder).glob("*.wandb"))) == 1


def test_a_followed_run_trains_nothing_anew_and_a_cached_training_is_logged_from_its_table(place, searched):
    _, run = place.run(*SEARCH, "tracking.mlflow=true", "tracking.project=heads")
    assert run.nodes["Trainer"].state == "cached"
    client, (first, second) = followed_runs(place)
    assert val_losses(client, second.info.run_id) == val_losses(client, first.info.run_id)
    assert second.data.tags["training"] == "cached"


def test_an_unchanged_run_searches_no_more_and_leaves_no_state(place, searched):
    _, run = place.run(*SEARCH)
    assert {run.nodes[node].state for node in ("Tuner", "Trainer", "Evaluator", "Pusher")} == {"cached"}
    assert list(place.layout.tuning_state.iterdir()) == []


def test_a_run_without_the_search_has_no_tuner_and_trains_by_its_settings(place, searched):
    _, run = place.run()
    assert "Tuner" not in run.nodes
    used = json.loads((run.output("Trainer", "model_run").path / "hyperparameters.json").read_text())
    assert (used["from"], used["values"]["learning_rate"]) == ("settings", 0.0005)


def test_tensorboard_shows_both_trainings_over_http_until_it_is_interrupted(place, searched):
    command = [sys.executable, "-m", "pipeline.cli", "tensorboard", "--output", str(place.layout.root)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as board:
        names, address = board.stdout.readline().strip(), board.stdout.readline()
        url = re.fullmatch(r"TensorBoard: (http://127\.0\.0\.1:\d+/) \(Ctrl-C ends it\)\n", address)[1]
        runs = {}
        until = time.monotonic() + 60
        while len(runs) < 4 and time.monotonic() < until:
            with urllib.request.urlopen(f"{url}data/plugin/scalars/tags") as answer:
                runs = json.load(answer)
            time.sleep(0.2)
        board.send_signal(signal.SIGINT)
        assert board.stdout.read() == "ended\n"
    assert board.returncode == 0
    started = names.split(", ")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", name) for name in started)
    assert set(runs) == {f"{name}/{part}" for name in started for part in ("train", "validation")}
    assert len(started) == 2
