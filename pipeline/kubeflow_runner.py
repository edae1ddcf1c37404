"""Compiles the graph for Kubeflow Pipelines: `python pipeline/kubeflow_runner.py`, or `ichor compile`.

TFX's own `--engine kubeflow` has no runner to call any more (docs/decisions/0008-kubeflow.md). Settings come
from ichor.toml or the file that ICHOR_CONFIG names.
"""

from pathlib import Path

from pipeline.kubeflow.compile import compile_pipeline, write
from pipeline.settings import load

FILE = "ichor.yaml"


def main() -> None:
    """Compiles with the settings that are found."""
    write(compile_pipeline(load().config), Path(FILE))
    print(f"{FILE}: compiled; run it with `ichor submit {FILE} --host URL`")


if __name__ == "__main__":
    main()
