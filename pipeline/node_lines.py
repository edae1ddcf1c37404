"""What each node did, in one line of numbers, read from what it left behind."""

from collections.abc import Callable, Mapping

from pipeline.evaluation import OVERALL, read_failed_gates, read_metrics
from pipeline.reports import best_epoch, is_blessed, pushed_version, read_history, read_report, read_warnings
from pipeline.runs import ArtifactRef, Run


def describe(run: Run, node: str) -> str:
    """Returns a node's line; "cached" stands first where the node did not run again."""
    if node not in run.nodes:
        return "skipped"
    state = run.nodes[node].state
    teller = _TELLERS.get(node)
    told = teller(run) if teller and state in {"ran", "cached"} else ""
    if node == "LatestBlessedModel":  # resolvers are published as cached whatever they do
        return told
    return told if state == "ran" else f"{state}{told and ': '}{told}"


def verdict(run: Run) -> tuple[str, bool]:
    """Returns the run's result for the terminal, and whether its model is blessed."""
    evaluation = run.output("Evaluator", "evaluation")
    if evaluation is None:
        return "NO MODEL: the run did not come to an evaluation", False
    warnings = "".join(f"WARNING: {text}\n" for text in read_warnings(run))
    text, blessed = _blessing(run, evaluation)
    return warnings + text, blessed


def _blessing(run: Run, evaluation: ArtifactRef) -> tuple[str, bool]:
    if is_blessed(run):
        version = pushed_version(run)
        return f"BLESSED; model pushed to {version}" if version else "BLESSED; nothing pushed", True
    reasons = "; ".join(str(gate) for gate in read_failed_gates(evaluation.path))
    return f"NOT_BLESSED: {reasons}\nNothing was pushed.", False


def _ingest(run: Run) -> str:
    report = read_report(run.output("SliceExampleGen", "report"), "ingest.json")
    splits = ", ".join(f"{split['slices']} {name}" for name, split in report["splits"].items())
    rejected = sum(report["rejected"].values())
    return f"{report['found']} files, {rejected} rejected; {splits}"


def _filter(run: Run) -> str:
    report = read_report(run.output("SliceFilter", "report"), "filter.json")
    totals = report["totals"]
    reasons = ", ".join(f"{count} {reason}" for reason, count in totals["dropped"].items() if count)
    return f"{totals['read']} slices in, {totals['kept']} out; dropped: {reasons or 'none'}"


def _trainer(run: Run) -> str:
    history = read_history(run)
    best = best_epoch(history)
    return (
        f"best of {int(history[-1]['epoch'])} epochs is {int(best['epoch'])}: "
        f"val_loss {best['val_loss']:.4f}, val_binary_accuracy {best['val_binary_accuracy']:.4f}"
    )


def _baseline(run: Run) -> str:
    return (
        "compared with an earlier blessed model"
        if run.output("LatestBlessedModel", "model")
        else "no earlier one"
    )


def _evaluator(run: Run) -> str:
    return f"{'blessed' if is_blessed(run) else 'NOT blessed'}; {_metrics(run, 'Evaluator')}"


def _test_evaluator(run: Run) -> str:
    return _metrics(run, "TestEvaluator")


def _metrics(run: Run, node: str) -> str:
    evaluation = run.output(node, "evaluation")
    overall = read_metrics(evaluation.path)[OVERALL] if evaluation else {}
    names = ("binary_accuracy", "auc", "recall", "specificity")
    return ", ".join(f"{name} {overall[name]:.4f}" for name in names if name in overall)


def _pusher(run: Run) -> str:
    version = pushed_version(run)
    return f"version {version.name}" if version else "nothing pushed"


_TELLERS: Mapping[str, Callable[[Run], str]] = {
    "SliceExampleGen": _ingest,
    "SliceFilter": _filter,
    "ExampleValidator": lambda run: "compared with schemas/slices.pbtxt",
    "AnomalyGate": lambda run: "no anomalies",
    "Trainer": _trainer,
    "LatestBlessedModel": _baseline,
    "Evaluator": _evaluator,
    "TestEvaluator": _test_evaluator,
    "Pusher": _pusher,
}
