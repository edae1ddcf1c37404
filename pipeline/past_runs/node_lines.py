"""What each node did, in one line of numbers, read from what it left behind."""

from collections.abc import Callable, Mapping
from pathlib import Path

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.leakage.wording import describe_drops, describe_findings
from components.metrics.blindness import blind_spots
from components.metrics.catalogue import HEADLINES
from pipeline.past_runs.accounts import (
    evaluation_report,
    filter_report,
    ingest_report,
    leakage_report,
    pushed_artifact,
    read_history,
    read_searched,
    read_trials,
    report_page,
)
from pipeline.past_runs.history import ArtifactRef, Run
from pipeline.past_runs.tfma_results import OVERALL, format_metric, read_metrics
from schemas import features
from schemas.accounts.model import ModelAccount
from schemas.history import best_epoch
from schemas.hyperparameters import in_words
from schemas.scores import SCORES_FILE, read_scores

__all__ = ["describe"]

SERVED = "Format-Serving"  # folder of the SavedModel in TFX's artifact of a model


def describe(run: Run, node: str) -> str:
    """Returns a node's line; "cached" stands first where the node did not run again."""
    if node not in run.nodes:
        return "skipped"
    state = run.nodes[node].state
    teller = _TELLERS.get(node)
    text = teller(run) if teller and state in {"ran", "cached"} else ""
    if node == "LatestBlessedModel":  # resolvers are published as cached whatever they do
        return text
    return text if state == "ran" else f"{state}{text and ': '}{text}"


def _ingest(run: Run) -> str:
    account = ingest_report(run)
    if not account:
        return ""
    splits = ", ".join(f"{split.slices} {name}" for name, split in account.splits.items())
    return f"{account.found} slices, {sum(account.rejected.values())} rejected; {splits}"


def _filter(run: Run) -> str:
    account = filter_report(run)
    if not account:
        return ""
    totals = account.totals
    reasons = ", ".join(f"{count} {reason}" for reason, count in totals.dropped.items() if count)
    return f"{totals.read} slices in, {totals.kept} out; dropped: {reasons or 'none'}"


def _leakage(run: Run) -> str:
    account = leakage_report(run)
    if not account:
        return ""
    slices = sum(split.slices for split in account.splits.values())
    findings = (
        "; ".join(describe_findings(account.findings)) or "nothing is in two splits, nothing has two labels"
    )
    dropped = describe_drops(account.dropped)
    return f"{slices} slices compared: {findings}{dropped and '; dropped: '}{dropped}"


def _schema(run: Run) -> str:
    artifact = run.output("ImportSchemaGen", "schema")
    return f"{len(_read_schema(artifact, 'schema.pbtxt').feature)} columns" if artifact else ""


def _statistics(run: Run) -> str:
    artifact = run.output("StatisticsGen", "statistics")
    counts = []
    for file in sorted(artifact.path.glob("Split-*/FeatureStats.pb")) if artifact else ():
        (of_split,) = statistics_pb2.DatasetFeatureStatisticsList.FromString(file.read_bytes()).datasets
        name = file.parent.name.removeprefix("Split-")
        counts.append(f"{len(of_split.features)} columns of {of_split.num_examples} {name}")
    return ", ".join(counts)


def _transform(run: Run) -> str:
    artifact = run.output("Transform", "transform_graph")
    columns = _read_schema(artifact, "transformed_metadata/schema.pbtxt").feature if artifact else ()
    shapes = [[dim.size for dim in column.shape.dim] for column in columns if column.name == features.PIXELS]
    return f"graph to {' x '.join(map(str, shapes[0]))} pixels a slice" if shapes else ""


def _read_schema(artifact: ArtifactRef, name: str) -> schema_pb2.Schema:
    return text_format.Parse((artifact.path / name).read_text(encoding="utf-8"), schema_pb2.Schema())


def _tuner(run: Run) -> str:
    trials = read_trials(run)
    return f"best of {len(trials)} trials: val_loss {trials[0].score:.4f} with {in_words(trials[0])}"


def _trainer(run: Run) -> str:
    searched = read_searched(run)
    tuned = f"with Tuner's {in_words(searched)}; " if searched else ""
    rows = read_history(run)
    best = rows[best_epoch(rows)]
    return (
        f"{tuned}best of {len(rows) - 1} epochs is {best.epoch}: "
        f"val_loss {best.val_loss:.4f}, val_binary_accuracy {best.val_binary_accuracy:.4f}"
    )


def _operating_point(run: Run) -> str:
    artifact = run.output("OperatingPoint", "model")
    if not artifact:
        return ""
    file = artifact.path / SERVED / features.TRAINED_ON_FILE
    point = ModelAccount.from_json(file.read_bytes(), str(file))
    cooled = f", temperature {point.temperature:.3f}" if point.temperature != 1 else ""
    return f"threshold {point.threshold:.4f}{cooled}, model version {point.version}"


def _scorer(run: Run) -> str:
    artifact = run.output("SliceScorer", "scores")
    splits = read_scores(artifact.path / SCORES_FILE).split.tolist() if artifact else []
    return "scored: " + ", ".join(
        f"{splits.count(name)} {name}" for name in features.SPLITS if name in splits
    )


def _baseline(run: Run) -> str:
    return (
        "compared with an earlier blessed model"
        if run.output("LatestBlessedModel", "model")
        else "no earlier one"
    )


def _evaluator(run: Run) -> str:
    return _metrics(run, "Evaluator")


def _test_evaluator(run: Run) -> str:
    return _metrics(run, "TestEvaluator")


def _metrics(run: Run, node: str) -> str:
    evaluation = run.output(node, "evaluation")
    overall = read_metrics(evaluation.path)[OVERALL] if evaluation else {}
    names = ("binary_accuracy", "auc", "loss", "sensitivity_at_specificity")
    return ", ".join(f"{name} {overall[name]:.4f}" for name in names if name in overall)


def _model_gate(run: Run) -> str:
    account = evaluation_report(run)
    if not account:
        return ""
    split = features.TEST if features.TEST in account.splits else features.VAL
    by_slice, by_patient = (measured.metrics for measured in account.splits[split].by_unit().values())
    headline = ", ".join(format_metric(by_slice, name) for name in HEADLINES)
    blind = "".join(f"; WARNING: {line}" for line in blind_spots(account.splits[features.VAL].slices.metrics))
    verdict = "blessed" if account.blessed else "NOT blessed"
    return f"{verdict}; {split} {headline}; by patient {format_metric(by_patient, 'auc')}{blind}"


def _pusher(run: Run) -> str:
    pushed = pushed_artifact(run)
    return f"version {Path(pushed.properties['pushed_destination']).name}" if pushed else "nothing pushed"


def _report(run: Run) -> str:
    page = report_page(run)
    return f"{page.name} of {page.stat().st_size / 1e6:.1f} MB" if page else ""


_TELLERS: Mapping[str, Callable[[Run], str]] = {
    "SliceExampleGen": _ingest,
    "SliceFilter": _filter,
    "LeakageGate": _leakage,
    "ImportSchemaGen": _schema,
    "StatisticsGen": _statistics,
    "Transform": _transform,
    "ExampleValidator": lambda run: "compared with schemas/slices.pbtxt",
    "AnomalyGate": lambda run: "no anomalies",
    "Tuner": _tuner,
    "Trainer": _trainer,
    "OperatingPoint": _operating_point,
    "SliceScorer": _scorer,
    "LatestBlessedModel": _baseline,
    "Evaluator": _evaluator,
    "TestEvaluator": _test_evaluator,
    "ModelGate": _model_gate,
    "Pusher": _pusher,
    "Report": _report,
}
