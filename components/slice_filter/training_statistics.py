"""A profile as TFDV's statistics: of the train split, and of whatever is compared with it later."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import tfx  # noqa: F401 - supplies what the next import asks for

# isort: split
import tensorflow_data_validation as tfdv
from google.protobuf.message import DecodeError
from tensorflow_metadata.proto.v0.statistics_pb2 import (
    DatasetFeatureStatisticsList as Statistics,
)
from tensorflow_metadata.proto.v0.statistics_pb2 import (
    FeatureNameStatistics as FeatureStatistics,
)
from tensorflow_metadata.proto.v0.statistics_pb2 import Histogram

from components.slice_filter.profile import SIZES, Profile
from schemas import features as f

__all__ = ["min_brain_share_of", "read", "statistics"]

BUCKETS = 10  # between the tails; TFDV's own number
TAIL = 0.005  # of the slices on either side lie in a bucket of their own, with whatever lies further out
RULE = "min_brain_share"  # a custom statistic of the filter's reason: the threshold that it was told by

Edges = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Scale:
    """What values a feature can have; twice the least is the narrowest bucket."""

    lowest: float
    highest: float
    least: float


SHARE = Scale(0, 1, 1 / 510)  # half a grey level
PIXELS = Scale(1, 65_536, 0.5)
HOUNSFIELD = Scale(-2000, 4000, 0.5)
SCALES: Mapping[str, Scale] = {
    **dict.fromkeys(f.MEASURES, SHARE),
    f.NOISE: Scale(0, 1, 1 / 25_500),  # a hundredth of a grey level
    **dict.fromkeys(f.HU_MEASURES, HOUNSFIELD),
    **dict.fromkeys(SIZES, PIXELS),
}


def statistics(profile: Profile, min_brain_share: float, like: Statistics | None = None) -> Statistics:
    """Returns TFDV's statistics of a profile, with histograms that can be compared bucket by bucket.

    TFDV spreads a histogram's buckets between the smallest and the largest value. Those of two sets then
    lie apart, and what its comparators see of that is larger than most drifts. So the buckets are those of
    `like`, or new ones that one outlier does not widen.

    Args:
      profile: Of at least one slice.
      min_brain_share: The threshold that its reasons were told by.
      like: Statistics of the set that it is to be compared with.
    Returns:
      One data set without a name.
    """
    numbers = profile.numbers()
    columns = {
        **{name: values.astype(np.int64) if name in SIZES else values for name, values in numbers.items()},
        **profile.categories(),
    }
    dataset_statistics = tfdv.generate_statistics_from_dataframe(pd.DataFrame(columns), tfdv.StatsOptions())
    known = {name: _edges_of(feature) for name, feature in features_of(like).items()} if like else {}
    for name, feature in features_of(dataset_statistics).items():
        if name in numbers:
            _rebin(feature, numbers[name], SCALES[name], known.get(name))
        elif name == f.FILTER_REASON:
            feature.custom_stats.add(name=RULE, num=min_brain_share)
    return dataset_statistics


def read(serialized: bytes) -> Statistics:
    """Reads statistics that `statistics` made and a file kept.

    Raises:
      ValueError: It holds something else.
    """
    try:
        dataset_statistics = Statistics.FromString(serialized)
    except DecodeError:
        raise ValueError("damaged, or no statistics") from None
    min_brain_share_of(dataset_statistics)
    return dataset_statistics


def features_of(dataset_statistics: Statistics) -> dict[str, FeatureStatistics]:
    """Returns the features of the one data set by name."""
    return {feature.path.step[0]: feature for feature in dataset_statistics.datasets[0].features}


def min_brain_share_of(dataset_statistics: Statistics) -> float:
    """Returns the threshold that the filter's reasons were told by.

    Raises:
      ValueError: These are not statistics of `statistics`.
    """
    reasons = features_of(dataset_statistics).get(f.FILTER_REASON) if dataset_statistics.datasets else None
    for custom in reasons.custom_stats if reasons else ():
        if custom.name == RULE:
            return float(custom.num)
    raise ValueError(f"statistics without {f.FILTER_REASON}.{RULE}: not those of a train split")


def _rebin(
    feature: FeatureStatistics, column: npt.NDArray[np.float32], scale: Scale, edges: Edges | None
) -> None:
    values = column[~np.isnan(column)].astype(np.float64)
    if edges is None and values.size:
        edges = _edges(values, scale)
    if edges is None:
        return
    standard = _standard(feature) or feature.num_stats.histograms.add(type=Histogram.STANDARD)
    del standard.buckets[:]
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    for low, high, count in zip(edges, edges[1:], counts, strict=False):
        standard.buckets.add(low_value=low, high_value=high, sample_count=count)


def _standard(feature: FeatureStatistics) -> Histogram | None:
    histograms = [
        histogram for histogram in feature.num_stats.histograms if histogram.type == Histogram.STANDARD
    ]
    return histograms[0] if histograms else None


def _edges(values: npt.NDArray[np.float64], scale: Scale) -> Edges:
    low, high = np.quantile(values, [TAIL, 1 - TAIL])
    low, high = low - scale.least, high + scale.least
    buckets = min(BUCKETS, round((high - low) / (2 * scale.least)))
    inner = np.linspace(low, high, buckets + 1)
    inside = inner[(inner > scale.lowest) & (inner < scale.highest)]
    return np.concatenate([[scale.lowest], inside, [scale.highest]])


def _edges_of(feature: FeatureStatistics) -> Edges | None:
    standard = _standard(feature)
    if standard is None or not standard.buckets:
        return None
    return np.array([*(bucket.low_value for bucket in standard.buckets), standard.buckets[-1].high_value])
