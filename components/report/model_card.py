"""A model card in the vocabulary of the Model Card Toolkit, filled from what the run knows.

Source: github.com/tensorflow/model-card-toolkit, model_card.proto: names of sections and fields.
"""

from collections.abc import Iterator
from typing import Any

from components.report.flow import flow
from components.report.params import ReportParams
from components.report.run_facts import Facts
from components.report.wording import counted
from schemas.accounts.report import ModelCard
from schemas.features import JUDGED, SPLIT_NAMES, TEST

USERS = ("Engineers and researchers of a radiology group who know the data that the model was trained on.",)
USE_CASES = (
    "Research on head CT: to score slices for hemorrhage, to rank studies for a reader, to compare methods.",
    "Not for diagnosis, triage or any decision about a patient.",
)
TRADEOFFS = (
    "The threshold trades missed hemorrhages for false alarms: see the ROC curve and the predictive values.",
    "Slices are resized: a bleed of few pixels may vanish, and training and scoring are quicker.",
    "A slice is judged by itself: neighbours of its series are not looked at.",
)
RISKS = (
    (
        "A score is taken for a diagnosis.",
        "Every output says that it is a score for research; the model has no approval for clinical use.",
    ),
    (
        "The model is worse for groups that are few in the training data.",
        "Metrics by subgroup with counts and the largest gap; groups that are too small are named as such.",
    ),
    (
        "Images can identify a patient, also as thumbnails in this report.",
        "Names, ids and file names are replaced by keyed hashes; treat this report as patient data.",
    ),
)


def model_card(facts: Facts, params: ReportParams) -> ModelCard:
    """Returns the card; a field that nobody has filled is left out, as the Toolkit does."""
    return ModelCard(
        model_details=_without_empty(_details(facts, params)),
        model_parameters=_without_empty(_parameters(facts, params)),
        quantitative_analysis={"performance_metrics": list(_metrics(facts))},
        considerations={
            "users": [{"description": text} for text in USERS],
            "use_cases": [{"description": text} for text in USE_CASES],
            "limitations": [{"description": text} for text in limitations(facts)],
            "tradeoffs": [{"description": text} for text in TRADEOFFS],
            "ethical_considerations": [{"name": name, "mitigation_strategy": how} for name, how in RISKS],
        },
    )


def limitations(facts: Facts) -> Iterator[str]:
    """Yields what is known to be wanting, from the run's own numbers where it can."""
    splits = facts.evaluation.splits if facts.evaluation else {}
    judged = next((name for name in JUDGED if name in splits), None)
    if judged:
        slices = splits[judged].slices
        yield (
            f"Judged on {counted(slices.count, 'slice')} of {counted(slices.patients, 'patient')} "
            f"({SPLIT_NAMES[judged]} split); intervals show what so few can tell."
        )
    if splits and TEST not in splits:
        yield "There is no test split: epoch and threshold were chosen on the slices that it is judged on."
    yield "All slices come from one folder of data; no other hospital, scanner or time was tested on."
    if facts.ingest and facts.ingest.patients_from == "none":
        yield "Patients are not known: one may be in several splits, which flatters every metric."
    if facts.ingest:
        yield from facts.ingest.warnings
    yield "It knows two classes: other findings, and kinds of hemorrhage, are not told apart."
    yield "Slices that SliceFilter would drop are scored when asked for, but were never trained on."


def _details(facts: Facts, params: ReportParams) -> dict[str, Any]:
    version = facts.evaluation.operating_point.version if facts.evaluation else ""
    date = facts.epochs[-1].timestamp if facts.epochs else ""
    return {
        "name": "ichor head-CT hemorrhage classifier",
        "overview": "Scores single head-CT slices from 0 to 1: normal or intracranial hemorrhage.",
        "documentation": "Trained, judged and, if it passed, pushed by ichor; this report is its record.",
        "owners": [{"name": params.owner, "contact": params.contact}]
        if params.owner or params.contact
        else [],
        "version": {"name": facts.pushed or version, "date": date},
        "licenses": [{"identifier": params.license}] if params.license else [],
        "references": [{"reference": row.reference} for row in facts.settings if row.reference],
    }


def _parameters(facts: Facts, params: ReportParams) -> dict[str, Any]:
    trunk, side = _trunk(facts), facts.setting("transform.image_side")
    counts = flow(facts)
    windows = facts.trained_on.windows if facts.trained_on else ""
    shown = f"with the windows of HU {windows} as channels" if windows else "as grey images in a brain window"
    return {
        "model_architecture": f"{trunk} trunk, global average pooling, dropout "
        f"{facts.setting('trainer.dropout')}, one sigmoid unit"
        if trunk
        else "",
        "data": [
            {
                "name": f"{SPLIT_NAMES.get(name, name)} split: {split.slices} slices of {split.patients} "
                f"patients, {split.hemorrhage} with a hemorrhage",
                **({"description": params.data_source} if params.data_source else {}),
                "sensitive": {"sensitive_data": ["head CT images; identifiers replaced by keyed hashes"]},
            }
            for name, split in (counts.splits.items() if counts else ())
        ],
        "input_format": f"PNG or JPEG files or tf.Example records of axial slices, {shown}; resized to "
        f"{side} x {side} pixels inside the model"
        if side
        else "",
        "output_format": "probability 0..1, hemorrhage 0 or 1 at the threshold, threshold, version, error; "
        "by explain_bytes also a heat map",
    }


def _metrics(facts: Facts) -> Iterator[dict[str, Any]]:
    for name, split in facts.evaluation.splits.items() if facts.evaluation else ():
        for unit, measured in split.by_unit().items():
            for metric, figure in measured.metrics.items():
                if figure.value is not None:
                    yield {
                        "type": metric,
                        "value": figure.value,
                        "confidence_interval": {"lower_bound": figure.low, "upper_bound": figure.high},
                        "slice": f"{name}, {unit}",
                    }  # fmt: skip


def _trunk(facts: Facts) -> str:
    return str(facts.setting("trainer.trunk") or "")


def _without_empty(card: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if value}
