"""Two sets' statistics compared by TFDV, feature by feature, with the thresholds of the schema."""

import math
from collections.abc import Iterator, Mapping, Sequence

import tfx  # noqa: F401 - supplies what the next import needs

# isort: split
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0.anomalies_pb2 import DriftSkewInfo
from tensorflow_metadata.proto.v0.schema_pb2 import Schema
from tensorflow_metadata.proto.v0.statistics_pb2 import (
    DatasetFeatureStatisticsList as Statistics,
)
from tensorflow_metadata.proto.v0.statistics_pb2 import (
    FeatureNameStatistics as FeatureStatistics,
)

from components.drift.verdict import TO, Comparison, Feature, Shares
from schemas import features as f

__all__ = ["compare", "read_schema"]

STATISTICS: Mapping[int, str] = {
    DriftSkewInfo.Measurement.JENSEN_SHANNON_DIVERGENCE: "Jensen-Shannon divergence",
    DriftSkewInfo.Measurement.L_INFTY: "largest difference of a share",
}


def compare(training: Statistics, new: Statistics, schema: Schema, min_slices: int) -> Comparison:
    """Compares each feature that has a drift comparator in the schema.

    Args:
      training: Of the train split; one data set.
      new: Of the new slices, with histograms that have the buckets of `training`; one data set.
      schema: The curated one; only features with a `drift_comparator` are compared.
      min_slices: With fewer new slices the comparison is marked as uncertain.
    Returns:
      Features that moved first, the furthest beyond its threshold before the others.
    Raises:
      ValueError: A set has no slices.
    """
    for statistics, name in ((training, "training"), (new, "new")):
        if not statistics.datasets or not statistics.datasets[0].num_examples:
            raise ValueError(f"the {name} statistics are of no slices")
    compared = Schema(
        feature=[feature for feature in schema.feature if feature.HasField("drift_comparator")],
        string_domain=schema.string_domain,
    )
    before, now = _by_name(training), _by_name(new)
    anomalies = tfdv.validate_statistics(new, compared, previous_statistics=training)
    features = []
    for info in anomalies.drift_skew_info:
        name = info.path.step[0]
        if not (_values(before[name]) and _values(now[name])):
            continue  # there is nothing to compare, though TFDV says a number
        (measurement,) = info.drift_measurements
        shares = dict(zip(("training", "new"), _shares(before[name], now[name]), strict=True))
        features.append(
            Feature(name, STATISTICS[measurement.type], measurement.value, measurement.threshold, **shares)
        )
    names = {feature.name for feature in features}
    return Comparison(
        features=tuple(sorted(features, key=lambda feature: (-feature.beyond, feature.name))),
        not_compared=tuple(_not_compared(compared, names, before, now)),
        training_slices=int(training.datasets[0].num_examples),
        new_slices=int(new.datasets[0].num_examples),
        training_fit=_values(before[f.BRAIN_SHARE]),
        new_fit=_values(now[f.BRAIN_SHARE]),
        min_slices=min_slices,
    )


def read_schema(text: str) -> Schema:
    """Reads a schema as it is written by hand."""
    return text_format.Parse(text, Schema())


def _not_compared(
    schema: Schema,
    compared: set[str],
    before: Mapping[str, FeatureStatistics],
    now: Mapping[str, FeatureStatistics],
) -> Iterator[str]:
    """Names the features that have values in only one of the sets; what neither has is not missing."""
    for feature in schema.feature:
        sides = [
            name in features_of and _values(features_of[name])
            for features_of, name in ((before, feature.name), (now, feature.name))
        ]
        if feature.name not in compared and any(sides):
            yield feature.name


def _by_name(statistics: Statistics) -> dict[str, FeatureStatistics]:
    return {feature.path.step[0]: feature for feature in statistics.datasets[0].features}


def _values(feature: FeatureStatistics) -> int:
    """Returns of how many slices the feature is known."""
    common = feature.num_stats if feature.HasField("num_stats") else feature.string_stats
    return int(common.common_stats.num_non_missing)


def _shares(before: FeatureStatistics, now: FeatureStatistics) -> tuple[Shares, Shares]:
    if before.HasField("num_stats"):
        return _of_numbers(before), _of_numbers(now)
    first, second = (
        {top.value: top.frequency for top in stats.string_stats.top_values} for stats in (before, now)
    )
    labels = sorted({*first, *second}, key=lambda label: (-first.get(label, 0), label))
    return _of_counts(first, labels), _of_counts(second, labels)


def _of_counts(counts: Mapping[str, float], labels: Sequence[str]) -> Shares:
    return Shares(labels, [counts.get(label, 0) / sum(counts.values()) for label in labels])


def _of_numbers(feature: FeatureStatistics) -> Shares:
    stats = feature.num_stats
    buckets = next(each.buckets for each in stats.histograms if each.type == each.STANDARD)
    total = sum(bucket.sample_count for bucket in buckets)
    narrowest = min(bucket.high_value - bucket.low_value for bucket in buckets)
    decimals = max(0, 1 - math.floor(math.log10(narrowest)))  # so that each border reads otherwise
    return Shares(
        labels=[f"{bucket.low_value:.{decimals}f}{TO}{bucket.high_value:.{decimals}f}" for bucket in buckets],
        shares=[bucket.sample_count / total for bucket in buckets],
        mean=stats.mean,
        deviation=stats.std_dev,
    )
