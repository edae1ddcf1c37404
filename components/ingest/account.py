"""The report of an ingest: counts and reasons, no names."""

import collections
import csv
import io
import logging
from collections.abc import Mapping

from components.ingest.params import IngestParams
from components.ingest.plan import Plan
from components.ingest.splits import SplitCount, buckets
from components.slices.errors import DataError
from components.slices.header import LEFT_OUT, Rejection
from schemas.accounts.ingest import IngestAccount, SplitCounts

__all__ = ["by_reason", "unreadable"]

log = logging.getLogger("ichor.ingest")

REJECTIONS_FILE = "rejections.csv"


def account(
    plan: Plan,
    rejections: Mapping[str, Rejection],
    counts: Mapping[str, SplitCount],
    params: IngestParams,
    key_fingerprint: str,
) -> IngestAccount:
    """Draws up the account.

    Args:
      plan: What the folder holds.
      rejections: What could not or was not to be read, by slice_id.
      counts: What each split got.
      params: Seed and buckets.
      key_fingerprint: Of the key that ids are hashed with.
    """
    rejected = unreadable(rejections)
    found = slices_found(plan)
    return IngestAccount(
        source=plan.source,
        form=plan.form,
        found=found,
        read=found - len(rejected),
        rejected=by_reason(rejected),
        not_to_be_read=by_reason({name: each for name, each in rejections.items() if name not in rejected}),
        unlisted=plan.unlisted,
        left_out=plan.left_out,
        other_files=plan.other_files,
        patients_from=plan.patients_from,
        splits={
            name: SplitCounts(
                slices=split.slices,
                hemorrhage=split.hemorrhage,
                normal=split.normal,
                patients=len(split.patients),
            )
            for name, split in counts.items()
        },
        slicing_columns=plan.columns,
        columns_left_out=plan.columns_left_out,
        warnings=plan.warnings,
        seed=params.seed,
        buckets=buckets(params),
        key_fingerprint=key_fingerprint,
    )


def unreadable(rejections: Mapping[str, Rejection]) -> dict[str, Rejection]:
    """Returns the rejections of files that ought to be slices; localizers, reports and such are no loss."""
    return {name: each for name, each in rejections.items() if each.reason not in LEFT_OUT}


def slices_found(plan: Plan) -> int:
    """Returns how many slices there are to read: those planned, and files that hide what they are."""
    return len(plan.slices) + len(unreadable(plan.rejections))


def rejections_csv(rejections: Mapping[str, Rejection]) -> str:
    """Returns `rejections.csv`: slice_id, reason, detail."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("slice_id", "reason", "detail"))
    for name, rejection in sorted(rejections.items()):
        writer.writerow((name, rejection.reason, rejection.detail))
    return text.getvalue()


def by_reason(rejections: Mapping[str, Rejection]) -> dict[str, int]:
    """Returns how many slices were rejected for which reason, the commonest first."""
    reasons = collections.Counter(str(rejection.reason) for rejection in rejections.values())
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def are_too_many(rejections: Mapping[str, Rejection], found: int, params: IngestParams) -> bool:
    """Says whether a run would learn from what is left of a broken folder of `found` slices."""
    return len(unreadable(rejections)) / found > params.max_rejected_share


def refusal(
    rejections: Mapping[str, Rejection], found: int, params: IngestParams, listed_in: str
) -> DataError:
    """Returns the error that stops such a run; it names ids, since what a node raises goes into the log.

    Args:
      rejections: By slice_id.
      found: Files that there are.
      params: The share that is allowed.
      listed_in: The file that lists the rejections.
    """
    rejected = unreadable(rejections)
    reasons = ", ".join(f"{number} {reason}" for reason, number in by_reason(rejected).items())
    return DataError(
        f"{len(rejected)} of {found} files cannot be read, {len(rejected) / found:.1%}, and "
        f"{params.max_rejected_share:.1%} are allowed: {reasons}; {listed_in} has the id of each, and "
        "`ichor locate --data DIR ID` finds its file; repair or remove them, or raise "
        "ingest.max_rejected_share"
    )


def log_counts(counts: Mapping[str, SplitCount], rejections: Mapping[str, Rejection], plan: Plan) -> None:
    """Logs a line for each split and one for what was rejected."""
    units = "patients" if plan.patients_from != "none" else "groups of slices that look alike"
    for name, split in counts.items():
        log.info(
            "%s: %d slices, %d hemorrhage, %d normal, of %d %s",
            name, split.slices, split.hemorrhage, split.normal, len(split.patients), units,
        )  # fmt: skip
    rejected = unreadable(rejections)
    log.info(
        "rejected: %d of %d slices%s", len(rejected), slices_found(plan), _in_brackets(by_reason(rejected))
    )
    others = by_reason({name: each for name, each in rejections.items() if name not in rejected})
    if others:
        log.info("not to be read: %d files%s", sum(others.values()), _in_brackets(others))


def _in_brackets(reasons: Mapping[str, int]) -> str:
    listed = ", ".join(f"{number} {reason}" for reason, number in reasons.items())
    return f" ({listed})" if listed else ""
