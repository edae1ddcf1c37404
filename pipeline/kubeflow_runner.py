"""Compiles the graph for Kubeflow Pipelines: `python pipeline/kubeflow_runner.py`, or `ichor compile`.

TFX's own `--engine kubeflow` has no runner to call any more (docs/decisions/0008-kubeflow.md). Settings come
from ichor.toml or the file that ICHOR_CONFIG names.
"""

import sys

from pipeline import cli


def main() -> int:
    """Compiles with the settings that are found, and returns an exit status."""
    return cli.main(["compile"])


if __name__ == "__main__":
    sys.exit(main())
