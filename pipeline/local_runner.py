"""Runs the graph on this machine: `tfx run create --engine local`, or this file itself.

TFX's command line passes no arguments; settings come from ichor.toml or the file that
ICHOR_CONFIG names.
"""

from tfx import v1 as tfx

from pipeline.config import Config
from pipeline.graph import build_pipeline
from pipeline.settings import load


def run(config: Config) -> None:
    """Runs the whole graph in this process, node after node."""
    tfx.orchestration.LocalDagRunner().run(build_pipeline(config))


if __name__ == "__main__":
    run(load().config)
