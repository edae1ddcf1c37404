"""From TFDV's anomalies to text."""

from collections.abc import Mapping

from tensorflow_metadata.proto.v0 import anomalies_pb2


class DataAnomalyError(RuntimeError):
    """The data do not keep to the schema; the message has TFDV's own text."""


def describe(anomalies: Mapping[str, anomalies_pb2.Anomalies]) -> list[str]:
    """Returns one line an anomaly, "split: feature: text", in a fixed order.

    Args:
      anomalies: TFDV's findings by split.
    """
    lines = []
    for split in sorted(anomalies):
        found = anomalies[split]
        if found.HasField("dataset_anomaly_info"):
            lines.append(f"{split}: the whole split: {found.dataset_anomaly_info.description}")
        lines += [
            f"{split}: {feature}: {found.anomaly_info[feature].description}"
            for feature in sorted(found.anomaly_info)
        ]
    return lines


def stop_if_any(lines: list[str]) -> None:
    """Stops the run when there is an anomaly.

    Raises:
      DataAnomalyError: With all `lines` and the way out.
    """
    if lines:
        listed = "\n  ".join(lines)
        raise DataAnomalyError(
            f"the data do not keep to schemas/slices.pbtxt, {len(lines)} anomalies:\n  {listed}\n"
            "Mend the data, or the schema where the data are right."
        )
