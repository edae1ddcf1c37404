"""Names in a compiled pipeline, as KFP's own compiler gives them."""

import re


def component(task: str) -> str:
    """Returns the name of a task's component: comp-slice-example-gen of SliceExampleGen."""
    return f"comp-{_kebab(task)}"


def executor(task: str) -> str:
    """Returns the label of a task's executor: exec-slice-example-gen of SliceExampleGen."""
    return f"exec-{_kebab(task)}"


def _kebab(task: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", task).lower()
