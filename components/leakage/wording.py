"""The gate's findings in words, for the terminal and for whoever has to do something about them."""

from collections.abc import Iterator, Mapping, Sequence

from components.leakage.findings import Kind
from components.leakage.params import LeakageParams
from schemas.accounts.leakage import FindingCounts

__all__ = ["MENDED_BY", "describe_drops", "describe_finding", "describe_findings"]

SAYS = {
    Kind.PATIENT: ("patient is", "patients are", "in two splits"),
    Kind.IDENTICAL: ("picture is", "pictures are", "in two splits"),
    Kind.ALIKE: ("group of slices looks", "groups of slices look", "alike across splits"),
    Kind.CONFLICT: ("picture has", "pictures have", "both labels"),
}
NAME_PATIENTS = "name the patient of each slice (column patient, or ingest.patient_pattern)"
MENDED_BY = {
    Kind.PATIENT: f"{NAME_PATIENTS}, so that all slices of one come into one split",
    Kind.IDENTICAL: "remove copies, or give them one patient",
    Kind.ALIKE: (
        f"where pairs.png shows neighbours of one series, {NAME_PATIENTS}, for the rest of the series is in "
        "both splits too; where it shows two patients, raise leakage.min_correlation or lower "
        "leakage.max_hash_distance"
    ),
    Kind.CONFLICT: "correct the labels",
}


def describe_finding(kind: Kind, groups: int, slices: Mapping[str, int]) -> str:
    """Returns a finding in words: how many groups of which kind, of how many slices of which split."""
    single, many, what = SAYS[kind]
    counts = ", ".join(f"{count} {split}" for split, count in slices.items() if count)
    return f"{groups} {single if groups == 1 else many} {what} (slices: {counts})"


def describe_findings(findings: Mapping[str, FindingCounts]) -> Iterator[str]:
    """Yields the findings of a report that there are in words, from its entry `findings`."""
    for kind, counts in findings.items():
        if counts.groups:
            yield describe_finding(Kind(kind), counts.groups, counts.slices)


def describe_drops(dropped: Mapping[str, Mapping[str, int]]) -> str:
    """Returns in words what was dropped, from a report's entry `dropped`; nothing where nothing was."""
    drops = []
    for split, by_reason in dropped.items():
        if number := sum(by_reason.values()):
            reasons = ", ".join(f"{count} {reason}" for reason, count in by_reason.items() if count)
            drops.append(f"{number} of {split} ({reasons})")
    return ", ".join(drops)


def refusal(
    objections: Sequence[str], findings: Mapping[str, FindingCounts], params: LeakageParams, folder: str
) -> str:
    """Returns why the run stops, where to look, and the way out.

    Args:
      objections: Of a report.
      findings: Of the same.
      params: The gate's.
      folder: Where the report was kept.
    """
    lines = [f"the splits leak: {'; '.join(objections)}"] if params.action == "fail" else [*objections]
    mended_by = [MENDED_BY[Kind(kind)] for kind, counts in findings.items() if counts.groups]
    lines.append(f"What to do: {'; '.join(mended_by)}.")
    if params.action == "fail":
        lines.append(
            "Or leave the copies to train on out (leakage.action = drop), or go on with a warning "
            "(leakage.action = warn)."
        )
    lines.append(
        f"Counts, slices and pictures: {folder} (`ichor locate --data DIR SLICE_ID` finds a slice's file)"
    )
    return "\n".join(lines)
