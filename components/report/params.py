"""Parameters of Report."""

from components.parameters import Parameters, parameter

__all__ = ["ReportParams"]


class ReportParams(Parameters):
    """How much the page shows, and what only people know of a model."""

    sample_slices: int = parameter("shown of each class, from the splits that were scored", "slices", ge=0)
    dropped_slices: int = parameter("shown of each reason for which slices were dropped", "slices", ge=0)
    threshold_slices: int = parameter("shown of those nearest to the operating threshold", "slices", ge=0)
    false_positives: int = parameter("shown of the worst false positives", "slices", ge=0)
    max_megabytes: float = parameter(
        "of the page; pictures that do not fit are left out and counted, ids are listed", "MB", ge=6, le=100
    )
    owner: str = parameter("who answers for the model; for the model card, left open if empty")
    contact: str = parameter("of the owner; for the model card, left open if empty")
    license: str = parameter("of the model, an SPDX identifier; for the model card, left open if empty")
    data_source: str = parameter(
        "where the slices come from, in a sentence without names of patients; left open if empty"
    )
    labels_source: str = parameter("who labelled the slices and how, in a sentence; left open if empty")
