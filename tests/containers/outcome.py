"""What a run came to, read from its files, whichever runner made them."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

BLESSINGS = {"BLESSED": True, "NOT_BLESSED": False}  # names of the files that TFX leaves


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What two runs on the same data have to agree in.

    Attributes:
      blessed: By node.
      metrics: By node, then name of the metric, over all slices, to six digits; NaN is left out.
      scores: Of each slice by its id.
      pushed: Number of pushed models.
    """

    blessed: dict[str, bool]
    metrics: dict[str, dict[str, float]]
    scores: dict[str, float]
    pushed: int


def read(place: Callable[[str, str], Path], pushed: Path) -> Outcome:
    """Reads a run's outcome.

    Args:
      place: Says where an artifact lies, by node and key.
      pushed: Folder of pushed models.
    Raises:
      FileNotFoundError: A step left nothing.
    """
    table = pq.read_table(place("SliceScorer", "scores") / "scores.parquet").to_pydict()
    return Outcome(
        blessed={node: _blessed(place(node, "blessing")) for node in ("Evaluator", "ModelGate")},
        metrics={node: _metrics(place(node, "evaluation")) for node in ("Evaluator", "TestEvaluator")},
        scores=dict(zip(table["slice_id"], table["probability"], strict=True)),
        pushed=len(list(pushed.glob("*/saved_model.pb"))),
    )


def differences(first: Outcome, second: Outcome) -> list[str]:
    """Returns a line for each thing in which two runs differ."""
    lines = []
    for field in dataclasses.fields(Outcome):
        mine, its = getattr(first, field.name), getattr(second, field.name)
        if mine != its:
            lines.append(f"{field.name}: {_unlike(mine, its)}")
    return lines


def _unlike(first: Any, second: Any) -> str:
    if not isinstance(first, dict):
        return f"{first} and {second}"
    keys = [key for key in first.keys() | second.keys() if first.get(key) != second.get(key)]
    name = min(keys)
    return f"{len(keys)} of {len(first)} differ; {name}: {first.get(name)} and {second.get(name)}"


def _blessed(folder: Path) -> bool:
    for name, answer in BLESSINGS.items():
        if (folder / name).exists():
            return answer
    raise FileNotFoundError(f"no blessing, neither given nor refused, in {folder}")


def _metrics(folder: Path) -> dict[str, float]:
    import tfx.v1  # noqa: F401 - before tensorflow_model_analysis

    import tensorflow_model_analysis as tfma  # isort: skip

    result = tfma.load_eval_result(str(folder))
    ((_, overall),) = [(key, value) for key, value in result.slicing_metrics if key == ()]
    metrics = overall[""][""].items()
    figures = {name: value["doubleValue"] for name, value in metrics if "doubleValue" in value}
    return {name: _rounded(value) for name, value in figures.items() if value != "NaN"}


def _rounded(value: float | str) -> float:
    """Rounds to six digits, since TFMA adds up in single precision and in the order in which batches come."""
    return float(f"{float(value):.6g}")


def require_every_step(compiled: Path, run: Path) -> int:
    """Looks for what each step that is a container must have written last, and returns how many there are.

    Raises:
      RuntimeError: A step has not, whatever kfp said of it.
    """
    document = next(yaml.safe_load_all(compiled.read_text()))
    executors = document["deploymentSpec"]["executors"]
    steps = {
        name.removeprefix("comp-")
        for name, component in document["components"].items()
        if "container" in executors.get(component.get("executorLabel"), {})  # a graph inside has none
    }
    done = {path.parent.name for path in run.glob("*/executor_output.json")}
    if steps != done:
        raise RuntimeError(f"steps without an output: {', '.join(sorted(steps - done))}")
    return len(steps)
