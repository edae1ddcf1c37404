"""Names of the files in which nodes leave their accounts; what a file holds is a type in a module beside."""

__all__ = [
    "ANOMALIES_FILE",
    "DROPPED_FILE",
    "EVALUATION_FILE",
    "FILTER_FILE",
    "INGEST_FILE",
    "LEAKAGE_FILE",
    "LEAKING_SLICES_FILE",
    "REPORT_FILE",
    "REPORT_PAGE",
]

INGEST_FILE = "ingest.json"  # of SliceExampleGen's report: found, rejected, splits
FILTER_FILE = "filter.json"  # of SliceFilter's: kept and dropped by reason
DROPPED_FILE = "dropped.csv"  # beside it: the dropped slices
LEAKAGE_FILE = "leakage.json"  # of LeakageGate's: what is in two splits
LEAKING_SLICES_FILE = "slices.csv"  # beside it: the slices concerned
ANOMALIES_FILE = "anomalies.json"  # of AnomalyGate's: the splits that were looked at
EVALUATION_FILE = "evaluation.json"  # of ModelGate's: metrics with intervals, gates
REPORT_FILE, REPORT_PAGE = "report.json", "report.html"  # of Report's
