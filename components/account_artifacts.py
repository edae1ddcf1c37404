"""The artifacts that nodes leave their accounts in, which Report reads; `schemas.reports` names the files."""

from tfx.types.artifact import Artifact


class IngestReport(Artifact):
    """A folder with `ingest.json` (counts and reasons) and `rejections.csv` (one row a slice)."""

    TYPE_NAME = "ichor.IngestReport"


class SliceReport(Artifact):
    """A folder of filter.json, dropped.csv, sweep.csv and contact_sheet.png."""

    TYPE_NAME = "ichor.SliceReport"


class LeakageReport(Artifact):
    """A folder of leakage.json, slices.csv and pairs.png."""

    TYPE_NAME = "ichor.LeakageReport"
