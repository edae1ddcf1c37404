"""AnomalyGate's account, `anomalies.json`: a module of its own, since every node's account is one."""

from typing import ClassVar

from schemas.accounts.account import Account

__all__ = ["AnomalyAccount"]


class AnomalyAccount(Account):
    """The splits that were checked, and how many anomalies they have: none, or the run would have stopped."""

    INDENT: ClassVar[int | None] = None
    END: ClassVar[str] = ""

    splits: tuple[str, ...]
    anomalies: int
