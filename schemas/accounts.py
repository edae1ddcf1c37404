"""Names of the files in which nodes leave their accounts, for the nodes and people that read them later."""

INGEST_FILE = "ingest.json"  # of SliceExampleGen's report: found, rejected, splits
FILTER_FILE = "filter.json"  # of SliceFilter's: kept and dropped by reason
DROPPED_FILE = "dropped.csv"  # beside it: the dropped slices, columns DROPPED_COLUMNS
LEAKAGE_FILE = "leakage.json"  # of LeakageGate's: what is in two splits
LEAKING_SLICES_FILE = "slices.csv"  # beside it: the slices concerned
EVALUATION_FILE = "evaluation.json"  # of ModelGate's: metrics with intervals, gates
REPORT_FILE, REPORT_PAGE = "report.json", "report.html"  # of Report's

DROPPED_COLUMNS = ("slice_id", "split", "hemorrhage", "reason", "brain_share")
