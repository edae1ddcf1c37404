"""One inspection from beginning to end."""

import collections
import dataclasses
from collections.abc import Callable

from components.imaging.decode import Grey
from components.ingest.account import by_reason, unreadable
from components.ingest.plan import Plan, plan_of
from components.slices.errors import DataError
from components.slices.params import DICOM, IMAGE
from components.slices.source import Source
from pipeline.inspection import doubts, slices
from pipeline.inspection.contents import Seen, look_at, summarise
from pipeline.inspection.copies import Copies, copies
from pipeline.inspection.cost import expect
from pipeline.inspection.findings import Inspection
from pipeline.inspection.objections import too_many_rejected, too_much_dropped
from pipeline.inspection.split import Outcome, split
from pipeline.settings.channels import transform_params
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, absolute, require_apart
from pipeline.settings.loading import ConfigError
from schemas.features import CLASSES

__all__ = ["Watch", "inspect"]

# Slices that are looked at of a larger folder: some five seconds' worth.
MOST_LOOKED_AT = {IMAGE: 3000, DICOM: 500}

FETCHED_OR_NONE = ("imagenet", "none")  # values of trainer.weights that are no path


@dataclasses.dataclass(frozen=True)
class Watch:
    """Callbacks while an inspection goes on.

    Attributes:
      show: Is given each slice that can be decoded.
      progress: Called with how many slices were looked at, and of how many.
    """

    show: Callable[[Seen, Grey], None] = lambda seen, grey: None
    progress: Callable[[int, int], None] = lambda number, of: None


def inspect(config: Config, look_at_all: bool, watch: Watch) -> Inspection:
    """Inspects the folder `run.data`; writes nothing and makes no key.

    Args:
      config: Of the run that is thought of.
      look_at_all: Whether all slices are decoded, and not `MOST_LOOKED_AT`.
      watch: Callbacks.
    Raises:
      DataError: There is no folder to look at.
    """
    data_dir = absolute(config.run.data)
    source = Source(data_dir, config.ingest)
    plan, refusal = _plan(source, config)
    if plan:
        kind, candidates, rejections = plan.source, slices.planned(plan), plan.rejections
    else:
        kind, candidates, rejections = slices.unlabelled(source)
    most = len(candidates) if look_at_all else MOST_LOOKED_AT[kind]
    outcome = split(data_dir, plan, candidates, config.ingest, len(candidates) <= most) if plan else None
    to_see = outcome.slices if outcome else candidates
    contents = look_at(data_dir, to_see, most, config, watch.show, watch.progress)
    is_dicom = kind == DICOM
    lost = unreadable(rejections)
    looks = summarise(contents, lost.items())
    equal = copies(contents, plan, config) if plan else Copies((), ())
    without_labels = Inspection(
        folder=str(data_dir),
        files=slices.kinds(data_dir, source.listing.files),
        source=kind,
        form="",
        classes={},
        patients=None,
        columns=(),
        columns_left_out={},
        not_slices=by_reason({path: why for path, why in rejections.items() if path not in lost}),
        unreadable_headers=by_reason(lost),
        series=slices.series(source, candidates, config.ingest.windows) if is_dicom else None,
        looks=looks,
        split=None,
        expected=None,
        refusals=(
            *_unsound_settings(config, source.channels),
            *refusal,
            *(outcome.refusals if outcome else ()),
            *too_many_rejected(contents, rejections, config.ingest),
            *(
                too_much_dropped(contents, _sound_splits(outcome), config.filter, plan.labels_of)
                if plan and outcome
                else ()
            ),
            *equal.refusals,
        ),
        warnings=(*equal.warnings, *doubts.of_contents(looks, is_dicom, by_reason(lost), config)),
    )
    if plan is None or outcome is None:
        return without_labels
    return _with_labels(without_labels, plan, outcome, source.channels, config)


def _plan(source: Source, config: Config) -> tuple[Plan | None, tuple[str, ...]]:
    try:
        return plan_of(source, config.ingest), ()
    except DataError as error:
        return None, (str(error),)


def _sound_splits(outcome: Outcome) -> list[str]:
    """Returns the splits that have both classes to begin with; the filter need not say so again."""
    return [] if outcome.refusals else list(outcome.split.parts)


def _with_labels(
    known: Inspection, plan: Plan, outcome: Outcome, channels: int, config: Config
) -> Inspection:
    """Adds what classes and patients show to what is known without them."""
    layout = Layout.of(config.run)
    owners = slices.patients(plan)
    numbers = collections.Counter(CLASSES[row.hemorrhage] for row in plan.slices)
    classes = {name: numbers[name] for name in reversed(CLASSES)}
    expected = None
    if known.looks.sizes:
        expected = expect(
            len(plan.slices),
            known.looks,
            outcome.split,
            config.transform.channels or channels,
            config,
            layout.root,
        )
    return dataclasses.replace(
        known,
        form=plan.form,
        classes=classes,
        patients=owners,
        columns=plan.columns,
        columns_left_out=plan.columns_left_out,
        split=outcome.split,
        expected=expected,
        warnings=(
            *plan.warnings,
            *doubts.of_labels(classes, owners, outcome.split, config),
            *known.warnings,
            *(doubts.of_disk(expected) if expected else ()),
        ),
    )


def _unsound_settings(config: Config, channels: int) -> list[str]:
    refusals = []
    for check in (require_apart, lambda config: transform_params(config, channels)):
        try:
            check(config)
        except ConfigError as error:
            refusals.append(str(error))
    weights = config.trainer.weights
    if weights not in FETCHED_OR_NONE and not absolute(weights).is_file():
        refusals.append(f"trainer.weights: no such file: {weights}; give a file, imagenet or none")
    return refusals
