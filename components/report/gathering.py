"""Reads what is known of a run from its artifacts, wherever they lie."""

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import TypeVar

from tfx.dsl.io import fileio

from components.report.run_facts import Facts, Source
from schemas import accounts, features, history, hyperparameters, scores
from schemas.accounts.account import Account, Part
from schemas.accounts.evaluation import EvaluationAccount
from schemas.accounts.ingest import IngestAccount
from schemas.accounts.leakage import LeakageAccount, LeakingSlice
from schemas.accounts.model import ModelAccount
from schemas.accounts.report import Setting
from schemas.accounts.slice_filter import DroppedSlice, FilterAccount
from schemas.hyperparameters import HyperparametersAccount

MODEL_FOLDER = "Format-Serving"  # where TFX keeps the SavedModel in a Model artifact
# Packages whose versions change what a model is or how it is judged.
PACKAGES = (
    "ichor", "tfx", "tensorflow", "keras", "tensorflow-transform", "tensorflow-model-analysis",
    "tensorflow-data-validation", "ml-metadata", "apache-beam", "numpy", "pillow", "pydicom", "pyarrow",
)  # fmt: skip

AccountOf = TypeVar("AccountOf", bound=Account)
RowOf = TypeVar("RowOf", bound=Part)


def gather(sources: Mapping[str, Source], settings: Sequence[Setting]) -> Facts:
    """Reads what a run's artifacts say.

    Args:
      sources: By the names of Report's inputs; those that a run did not make are left out.
      settings: As `Facts.settings`.
    """

    def text(name: str, file: str) -> str:
        return _read(sources[name].uri, file) if name in sources else ""

    def account(kind: type[AccountOf], name: str, file: str) -> AccountOf | None:
        content = text(name, file)
        return kind.from_json(content, f"{sources[name].uri}/{file}") if content else None

    def table(kind: type[RowOf], name: str, file: str) -> list[RowOf]:
        rows = csv.DictReader(io.StringIO(text(name, file)))
        return [
            kind.checked({key: value or None for key, value in row.items()}, f"{sources[name].uri}/{file}")
            for row in rows
        ]

    blessing, pushed = sources.get("blessing"), sources.get("pushed_model")
    examples = sources.get("examples")
    destination = str(pushed.properties.get("pushed_destination", "")) if pushed else ""
    searched = account(HyperparametersAccount, "model_run", hyperparameters.HYPERPARAMETERS_FILE)
    return Facts(
        settings=_as_trained(settings, searched),
        ingest=account(IngestAccount, "ingest_report", accounts.INGEST_FILE),
        slice_filter=account(FilterAccount, "filter_report", accounts.FILTER_FILE),
        dropped=table(DroppedSlice, "filter_report", accounts.DROPPED_FILE),
        leakage=account(LeakageAccount, "leakage_report", accounts.LEAKAGE_FILE),
        leaking=table(LeakingSlice, "leakage_report", accounts.LEAKING_SLICES_FILE),
        epochs=history.from_csv(text("model_run", history.HISTORY_FILE)),
        evaluation=account(EvaluationAccount, "evaluation", accounts.EVALUATION_FILE),
        scored=_scores(sources["scores"].uri) if "scores" in sources else None,
        trained_on=account(ModelAccount, "model", f"{MODEL_FOLDER}/{features.TRAINED_ON_FILE}"),
        blessed=bool(blessing.properties.get("blessed")) if blessing else None,
        pushed=destination.rstrip("/").rpartition("/")[2]
        if pushed and pushed.properties.get("pushed")
        else "",
        data_fingerprint=str(examples.properties.get("input_fingerprint", "")) if examples else "",
        packages=_versions(),
        lineage=sources,
    )


def _as_trained(settings: Sequence[Setting], searched: HyperparametersAccount | None) -> Sequence[Setting]:
    """Returns the settings with what a search chose in place of what was set."""
    if searched is None or searched.chosen_by != hyperparameters.TUNER:
        return settings
    chosen = {f"trainer.{name}": value for name, value in searched.values}
    return [
        setting.model_copy(
            update={"value": chosen[setting.key], "meaning": f"{setting.meaning} (found by Tuner)"}
        )
        if setting.key in chosen
        else setting
        for setting in settings
    ]


def _read(uri: str, file: str) -> str:
    path = f"{uri.rstrip('/')}/{file}"
    if not fileio.exists(path):
        return ""
    with fileio.open(path, "rb") as opened:
        return bytes(opened.read()).decode()


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
