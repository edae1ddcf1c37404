"""From TFDV's anomalies to text."""

from collections.abc import Mapping

from tensorflow_metadata.proto.v0 import anomalies_pb2


class DataAnomalyError(RuntimeError):
    """The data do not keep to the schema; the message has TFDV's own text."""


def describe(anomalies: Mapping[str, anomalies_pb2.Anomalies]) -> list[str]:
    """Returns a line for each anomaly, "split: feature: text", in a fixed order.

    Args:
      anomalies: TFDV's findings by split.
    """
    lines = []
    for split in sorted(anomalies):
        of_split = anomalies[split]
        if of_split.HasField("dataset_anomaly_info"):
            lines.append(f"{split}: the whole split: {of_split.dataset_anomaly_info.description}")
        lines += [
            f"{split}: {feature}: {of_split.anomaly_info[feature].description}"
            for feature in sorted(of_split.anomaly_info)
        ]
    return lines


def stop_if_any(lines: list[str]) -> None:
    """Stops the run when there is an anomaly.

    Raises:
      DataAnomalyError: With all `lines` and the way out.
    """
    if lines:
        text = "\n  ".join(lines)
        raise DataAnomalyError(
            f"the data do not keep to schemas/slices.pbtxt, {len(lines)} anomalies:\n  {text}\n"
            "Mend the data, or the schema where the data are right."
        )
