"""The artifact that SliceFilter's account is kept in."""

from tfx.types.artifact import Artifact


class SliceReport(Artifact):
    """A folder of filter.json, dropped.csv, sweep.csv and contact_sheet.png."""

    TYPE_NAME = "ichor.SliceReport"
