"""The CLAIM 2024 checklist as far as a run can answer it; the rest is left to people."""

from collections.abc import Iterator
from typing import Any

from components.metrics.catalogue import HEADLINES
from components.report.claim_items import ITEMS, SECTIONS
from components.report.flow import flow
from components.report.params import ReportParams
from components.report.run_facts import Facts
from components.report.wording import counted, interval, metric, number
from schemas.accounts.evaluation import EvaluationAccount
from schemas.accounts.ingest import IngestAccount
from schemas.accounts.report import ChecklistItem
from schemas.features import JUDGED, SPLIT_NAMES, TEST


def checklist(facts: Facts, params: ReportParams, explained: bool = True) -> list[ChecklistItem]:
    """Returns all items in order; `explained` tells whether errors are shown with maps of evidence."""
    known = {number: (status, answer) for number, status, answer in _answers(facts, params) if answer}
    if not explained:
        known.pop(31, None)
    items = []
    for section, first, last in SECTIONS:
        for place in range(first, last + 1):
            status, answer = known.get(place, ("open", ""))
            items.append(
                ChecklistItem(number=place, section=section, asks=ITEMS[place], status=status, answer=answer)
            )
    return items


def _answers(facts: Facts, params: ReportParams) -> Iterator[tuple[int, Any, str]]:
    yield from _about_data(facts, params)
    yield from _about_model(facts)
    if facts.evaluation:
        yield from _about_results(facts, facts.evaluation)


def _about_data(facts: Facts, params: ReportParams) -> Iterator[tuple[int, Any, str]]:
    yield 7, "in part", params.data_source
    counts = flow(facts)
    if counts:
        yield (
            8,
            "in part",
            (
                "Files that cannot be read, slices without a head and ends of scans are left out, "
                "each with a reason (see the flow). Who was scanned and why the run does not know."
            ),
        )
        yield (
            10,
            "in part",
            f"All {counts.found:,} slices found in the folder were considered. How the folder was filled "
            "the run does not know.",
        )
        yield (
            35,
            "answered",
            (
                f"{counts.found:,} slices found, {sum(counts.rejected.values()):,} rejected, "
                f"{sum(counts.dropped.values()):,} dropped, {sum(counts.leaking.values()):,} left out for "
                "leakage; "
                + ", ".join(
                    f"{SPLIT_NAMES[name]} {counted(split.slices, 'slice')} of "
                    f"{counted(split.patients, 'patient')}"
                    for name, split in counts.splits.items()
                )
                + "."
            ),
        )
    side = facts.setting("transform.image_side")
    if side and facts.ingest:
        windows = facts.trained_on.windows if facts.trained_on else ""
        form = f"Windows of Hounsfield units ({windows})" if windows else "Images as exported, in grey"
        yield 9, "answered", f"{form}, resized to {side} x {side} pixels, rescaled to 0..1."
        yield (
            11,
            "in part",
            (
                "Records hold keyed hashes (HMAC-SHA256) in place of file names and patients, and no "
                "metadata of files. Whether pixels show a name the run does not know."
            ),
        )
    if facts.ingest and facts.evaluation:
        columns = facts.ingest.slicing_columns
        yield (
            36,
            "in part",
            (f"By the table's columns {', '.join(columns)}: see subgroups." if columns else ""),
        )
    yield 16, "in part", params.labels_source
    if facts.ingest:
        yield from _about_partitions(facts, facts.ingest)


def _about_partitions(facts: Facts, ingest: IngestAccount) -> Iterator[tuple[int, Any, str]]:
    shares = " : ".join(str(buckets) for buckets in ingest.buckets.values())
    names = " : ".join(SPLIT_NAMES[name] for name in ingest.buckets)
    yield (
        19,
        "answered",
        (f"By a keyed hash of the patient, {names} = {shares}, seed {ingest.seed}."),
    )
    patients = ingest.patients_from != "none"
    yield (
        20,
        "answered" if patients else "in part",
        (
            "By patient; all pictures were also compared across splits (leakage.action is "
            f"{facts.setting('leakage.action')})."
            if patients and facts.leakage
            else "By patient."
            if patients
            else "By groups of slices that look alike, since patients are not known."
        ),
    )


def _about_model(facts: Facts) -> Iterator[tuple[int, Any, str]]:
    setting = facts.setting
    if setting("trainer.trunk"):
        yield (
            22,
            "answered",
            (
                f"{setting('trainer.trunk')} trunk, global average pooling, dropout "
                f"{setting('trainer.dropout')}, one sigmoid unit; input and output are in the model card."
            ),
        )
        weights = setting("trainer.weights")
        yield (
            24,
            "answered",
            "Random weights." if weights == "none" else f"Trunk weights: {weights}; the rest random.",
        )
        yield (
            25,
            "answered",
            (
                f"Adam, learning rate {setting('trainer.learning_rate')}, batches of "
                f"{setting('trainer.batch_size')}, at most {setting('trainer.epochs')} epochs, seed "
                f"{setting('trainer.seed')}; augmentation and the rest are among the settings."
            ),
        )
        yield 23, "answered", ", ".join(f"{name} {version}" for name, version in facts.packages.items()) + "."
        yield 27, "answered", "None: one model."
    if facts.epochs:
        yield 26, "answered", "The epoch with the lowest loss on the validation split."


def _about_results(facts: Facts, evaluation: EvaluationAccount) -> Iterator[tuple[int, Any, str]]:
    settings = evaluation.settings
    splits = [name for name in JUDGED if name in evaluation.splits]
    yield (
        28,
        "answered",
        "AUC, average precision, sensitivity, specificity and others, by slice and by patient.",
    )
    yield (
        29,
        "answered",
        (
            f"{settings.confidence:.0%} intervals by bootstrap over patients, "
            f"{settings.replicates:,} replicates."
        ),
    )
    yield (
        31,
        "in part",
        (
            "Grad-CAM over wrongly called slices. Whether the maps can be trusted on these data the run does "
            "not know."
        ),
    )
    held_out = (
        "on the test split, which nothing was chosen on"
        if TEST in splits
        else "on the validation split alone"
    )
    yield 32, "answered" if TEST in splits else "in part", f"Evaluated {held_out}."
    figures = []
    for name in splits:
        metrics = evaluation.splits[name].slices.metrics
        for key in HEADLINES:
            figure = metrics.get(key)
            if figure and figure.value is not None:
                spread = f" ({interval(figure)})" if interval(figure) else ""
                figures.append(f"{SPLIT_NAMES[name]} {metric(key).words} {number(figure.value)}{spread}")
    yield 37, "answered", "; ".join(figures) + ("." if figures else "")
    same = "The same, with predictive values: see metrics."
    yield 38, "answered" if figures else "open", same if figures else ""
    yield (
        39,
        "in part",
        "All false negatives and false positives are listed. Why they are wrong is for a reader to say.",
    )
    yield 40, "in part", "What the run knows of them is in the model card; what they mean is not."
    yield (
        41,
        "in part",
        "Intended for research; a score is no diagnosis. What follows for practice the run does not know.",
    )
    yield 42, "in part", "This report holds settings, versions, seeds and lineage of the run."
