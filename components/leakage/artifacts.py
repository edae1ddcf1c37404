"""The artifact that LeakageGate's account is kept in."""

from tfx.types.artifact import Artifact


class LeakageReport(Artifact):
    """A folder of leakage.json, slices.csv and pairs.png."""

    TYPE_NAME = "ichor.LeakageReport"
