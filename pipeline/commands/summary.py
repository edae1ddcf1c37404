"""`ichor summary`: what a run did, from ML Metadata and the files of its artifacts."""

import argparse
from collections.abc import Iterator

from pipeline import exit_codes
from pipeline.commands.arguments import add_output, add_run, add_settings, load_settings
from pipeline.past_runs.history import Run, read_run, require_unmoved
from pipeline.settings.layout import Layout
from pipeline.terminal.console import NOWHERE, chatter_to, shown
from pipeline.terminal.tables import figure, table
from schemas.accounts.ingest import IngestAccount, SplitCounts
from schemas.accounts.leakage import LeakageAccount
from schemas.accounts.slice_filter import FilterAccount
from schemas.features import SPLIT_NAMES, TEST, VAL

_METRICS = (
    "binary_accuracy", "auc", "precision", "recall", "specificity", "sensitivity_at_specificity",
    "calibration", "prevalence", "loss", "example_count",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    add_run(parser)
    add_output(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Prints what a run did: data, splits, drops, history, metrics, verdict, places.

    Raises:
      NoRunError: There is no such run.
    """
    layout = Layout.of(load_settings(parsed, run__output=parsed.output).config.run)
    require_unmoved(layout)
    past = read_run(layout, parsed.run)
    with chatter_to(NOWHERE) as terminal:
        print(*summarise(past), sep="\n", file=terminal)
    return exit_codes.OK


def summarise(run: Run) -> Iterator[str]:
    """Yields the summary's lines."""
    # These import TFX: only once its chatter is out of the way.
    from pipeline.past_runs.accounts import filter_report, ingest_report, leakage_report
    from pipeline.past_runs.verdict import verdict

    yield f"run {run.id}"
    states = ", ".join(f"{node.node} {node.state}" for node in run.nodes.values())
    yield f"nodes: {states}"
    yield from _data(ingest_report(run))
    yield from _drops(filter_report(run))
    yield from _leakage(leakage_report(run))
    yield from _search(run)
    yield from _training(run)
    for title, node in ((SPLIT_NAMES[VAL], "Evaluator"), (SPLIT_NAMES[TEST], "TestEvaluator")):
        yield from _evaluation(run, title, node)
    yield from _measured(run)
    yield from _gates(run)
    yield ""
    yield verdict(run)[0]
    places = [
        ("report", run.output("Report", "report")),
        ("contact sheet", run.output("SliceFilter", "report")),
        ("leakage", run.output("LeakageGate", "report")),
        ("rejections", run.output("SliceExampleGen", "report")),
        ("history, TensorBoard", run.output("Trainer", "model_run")),
        ("scores of slices", run.output("SliceScorer", "scores")),
        ("evaluation", run.output("ModelGate", "evaluation")),
        ("model", run.output("OperatingPoint", "model")),
    ]
    for title, artifact in places:
        if artifact:
            yield f"{title}: {artifact.path}"


def _data(account: IngestAccount | None) -> Iterator[str]:
    if not account:
        return
    yield ""
    rejected = sum(account.rejected.values())
    yield f"data: {account.found} slices found ({account.source}, {account.form}), {rejected} rejected"
    for reason, count in account.rejected.items():
        yield f"  rejected, {reason}: {count}"
    for reason, count in account.not_to_be_read.items():
        yield f"  files not to be read, {reason}: {count}"
    yield from table(
        ["split", *SplitCounts.model_fields],
        [[name, *dict(split).values()] for name, split in account.splits.items()],
    )


def _drops(account: FilterAccount | None) -> Iterator[str]:
    if not account:
        return
    totals = account.totals
    yield ""
    yield f"slice filter: {totals.read} in, {totals.kept} kept"
    for reason, count in totals.dropped.items():
        yield f"  dropped, {reason}: {count}"


def _leakage(account: LeakageAccount | None) -> Iterator[str]:
    from components.leakage.wording import describe_drops, describe_findings

    if not account:
        return
    yield ""
    findings = list(describe_findings(account.findings))
    yield f"leakage gate: {'' if findings else 'nothing is in two splits, nothing has two labels'}".rstrip()
    yield from (f"  {finding}" for finding in findings)
    if dropped := describe_drops(account.dropped):
        yield f"  dropped: {dropped}"


def _search(run: Run) -> Iterator[str]:
    from pipeline.past_runs.accounts import read_trials
    from schemas.hyperparameters import SEARCHED

    trials = read_trials(run)
    if not trials:
        return
    yield ""
    yield f"search: {len(trials)} trials, the best first; the training took the first one's values"
    yield from table(
        ["", *SEARCHED, "val_loss"],
        [[at, *(f"{getattr(trial, name):.3g}" for name in SEARCHED), f"{trial.score:.4f}"]
         for at, trial in enumerate(trials, 1)],
    )  # fmt: skip


def _training(run: Run) -> Iterator[str]:
    from pipeline.past_runs.accounts import read_history, read_searched
    from schemas.history import best_epoch
    from schemas.hyperparameters import in_words

    rows = read_history(run)
    if not rows:
        return
    yield ""
    yield "training (epoch 0 is before training)"
    columns = ("loss", "binary_accuracy", "val_loss", "val_binary_accuracy", "runtime")
    yield from table(
        ["epoch", *columns[:-1], "runtime, s"],
        [[row.epoch, *(f"{getattr(row, column):.4f}" for column in columns)] for row in rows],
    )
    if searched := read_searched(run):
        yield f"with what Tuner found: {in_words(searched)}"
    yield f"exported: epoch {best_epoch(rows)}, the lowest validation loss"


def _evaluation(run: Run, title: str, node: str) -> Iterator[str]:
    from pipeline.past_runs.tfma_results import read_metrics

    evaluation = run.output(node, "evaluation")
    if evaluation is None:
        return
    yield ""
    yield f"{title} metrics by slice of the data (TFMA; precision, recall and specificity at 0.5)"
    by_slice = read_metrics(evaluation.path)
    names = [name for name in _METRICS if any(name in metrics for metrics in by_slice.values())]
    yield from table(
        ["", *names],
        [[key, *(f"{metrics[name]:.4g}" if name in metrics else "" for name in names)]
         for key, metrics in by_slice.items()],
    )  # fmt: skip


def _measured(run: Run) -> Iterator[str]:
    from pipeline.past_runs.accounts import evaluation_report

    account = evaluation_report(run)
    if not account:
        return
    point = account.operating_point
    yield ""
    yield (
        f"threshold {point.threshold:.4f} by {point.rule}, temperature {point.temperature:.3f}; "
        f"{account.settings.confidence:.0%} intervals by resampling patients"
    )
    units = [
        (f"{split}, by {unit.removesuffix('s')}", measured)
        for split, of_split in account.splits.items()
        for unit, measured in of_split.by_unit().items()
    ]
    yield from table(
        ["", *(title for title, _ in units)],
        [
            ["count (hemorrhage)", *(f"{unit.count} ({unit.hemorrhages})" for _, unit in units)],
            *([name, *(figure(unit.metrics[name]) for _, unit in units)] for name in units[0][1].metrics),
        ],
    )
    for gap in account.splits.get(TEST, account.splits[VAL]).largest_gaps:
        high, low = gap.highest, gap.lowest
        yield shown(
            f"  largest gap in {gap.metric}: {gap.column}, {low.value} {low.figure:.3f}, "
            f"{high.value} {high.figure:.3f}{'; intervals overlap' if gap.intervals_overlap else ''}"
        )


def _gates(run: Run) -> Iterator[str]:
    from pipeline.past_runs.accounts import evaluation_report

    account = evaluation_report(run)
    if not account:
        return
    yield ""
    yield "gates, on the validation split"
    yield from table(
        ["gate", "bound", "value", "", "note"],
        [
            [
                row.gate,
                row.bound,
                "" if row.value is None else f"{row.value:.4f}",
                "passed" if row.passed else "FAILED",
                row.note,
            ]
            for row in account.gates
        ],
    )
