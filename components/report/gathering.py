"""Reads what is known of a run from its artifacts, wherever they lie."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any

from tfx.dsl.io import fileio

from components.report.run_facts import Facts, Source
from schemas import accounts, features, history, hyperparameters, scores

MODEL_FOLDER = "Format-Serving"  # where TFX keeps the SavedModel in a Model artifact
# Packages whose versions change what a model is or how it is judged.
PACKAGES = (
    "ichor", "tfx", "tensorflow", "keras", "tensorflow-transform", "tensorflow-model-analysis",
    "tensorflow-data-validation", "ml-metadata", "apache-beam", "numpy", "pillow", "pydicom", "pyarrow",
)  # fmt: skip


def gather(sources: Mapping[str, Source], settings: Sequence[Mapping[str, Any]]) -> Facts:
    """Reads what a run's artifacts say.

    Args:
      sources: By the names of Report's inputs; those that a run did not make are left out.
      settings: As `Facts.settings`.
    """

    def text(name: str, file: str) -> str:
        return _read(sources[name].uri, file) if name in sources else ""

    def account(name: str, file: str) -> dict[str, Any]:
        return dict(json.loads(text(name, file) or "{}"))

    blessing, pushed = sources.get("blessing"), sources.get("pushed_model")
    examples = sources.get("examples")
    destination = str(pushed.properties.get("pushed_destination", "")) if pushed else ""
    trained_on = (
        _read(f"{sources['model'].uri}/{MODEL_FOLDER}", features.TRAINED_ON_FILE)
        if "model" in sources
        else ""
    )
    return Facts(
        settings=_as_trained(settings, account("model_run", hyperparameters.HYPERPARAMETERS_FILE)),
        ingest=account("ingest_report", accounts.INGEST_FILE),
        slice_filter=account("filter_report", accounts.FILTER_FILE),
        dropped=_table(text("filter_report", accounts.DROPPED_FILE)),
        leakage=account("leakage_report", accounts.LEAKAGE_FILE),
        leaking=_table(text("leakage_report", accounts.LEAKING_SLICES_FILE)),
        epochs=history.from_csv(text("model_run", history.HISTORY_FILE)),
        evaluation=account("evaluation", accounts.EVALUATION_FILE) or None,
        scored=_scores(sources["scores"].uri) if "scores" in sources else None,
        trained_on=json.loads(trained_on or "{}"),
        blessed=bool(blessing.properties.get("blessed")) if blessing else None,
        pushed=destination.rstrip("/").rpartition("/")[2]
        if pushed and pushed.properties.get("pushed")
        else "",
        data_fingerprint=str(examples.properties.get("input_fingerprint", "")) if examples else "",
        packages=_versions(),
        lineage=sources,
    )


def _as_trained(
    settings: Sequence[Mapping[str, Any]], searched: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    """Returns the settings with what a search chose in place of what was set."""
    if searched.get("from") != hyperparameters.TUNER:
        return settings
    found = {f"trainer.{name}": value for name, value in searched["values"].items()}
    return [
        {**one, "value": found[one["key"]], "meaning": f"{one['meaning']} (found by Tuner)"}
        if one["key"] in found
        else one
        for one in settings
    ]


def _read(uri: str, file: str) -> str:
    path = f"{uri.rstrip('/')}/{file}"
    if not fileio.exists(path):
        return ""
    with fileio.open(path, "rb") as opened:
        return bytes(opened.read()).decode()


def _table(text: str) -> list[Mapping[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _scores(uri: str) -> scores.ScoreTable:
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder, scores.SCORES_FILE)
        fileio.copy(f"{uri.rstrip('/')}/{scores.SCORES_FILE}", str(local))  # Arrow asks for a local file
        return scores.read_scores(local)


def _versions() -> dict[str, str]:
    versions = {"python": python_version()}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # run from a folder that is not installed
            versions[name] = "not installed"
    return versions
