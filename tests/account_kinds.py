"""Which type each file of an account is of."""

from schemas.accounts.account import Account
from schemas.accounts.anomalies import AnomalyAccount
from schemas.accounts.evaluation import EvaluationAccount
from schemas.accounts.ingest import IngestAccount
from schemas.accounts.leakage import LeakageAccount
from schemas.accounts.model import ModelAccount
from schemas.accounts.report import ReportAccount
from schemas.accounts.slice_filter import FilterAccount
from schemas.hyperparameters import HyperparametersAccount

KINDS: dict[str, type[Account]] = {
    "ingest.json": IngestAccount,
    "filter.json": FilterAccount,
    "leakage.json": LeakageAccount,
    "anomalies.json": AnomalyAccount,
    "hyperparameters.json": HyperparametersAccount,
    "ichor.json": ModelAccount,
    "evaluation.json": EvaluationAccount,
    "report.json": ReportAccount,
}
