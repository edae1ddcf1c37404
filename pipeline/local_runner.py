"""Runs the graph on this machine: `tfx run create --engine local`, or this file itself.

TFX's command line passes no arguments; settings come from ichor.toml or the file that
ICHOR_CONFIG names.
"""

from tfx import v1 as tfx

from pipeline.beam.arguments import require_reachable_results
from pipeline.graph import build_pipeline
from pipeline.past_runs.history import latest_run_id, read_run, require_unmoved
from pipeline.past_runs.verdict import verdict
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, require_apart
from pipeline.settings.loading import load
from pipeline.terminal import working_directory
from pipeline.tracking.following import followed

__all__ = ["run"]


@working_directory.never_imported()
def run(config: Config, source_channels: int | None = None) -> None:
    """Runs the whole graph in this process, node after node; arguments as of `build_pipeline`."""
    graph = build_pipeline(config, source_channels)
    with followed(config):
        tfx.orchestration.LocalDagRunner().run(graph)


def main() -> None:
    """Runs the graph with the settings that are found, and prints what came of it."""
    config = load().config
    require_apart(config)
    require_reachable_results(config.beam, config.run.output)
    layout = Layout.of(config.run)
    require_unmoved(layout)
    before = latest_run_id(layout)
    run(config)
    if latest_run_id(layout) != before:  # `tfx pipeline create` calls this file without running the graph
        print(verdict(read_run(layout))[0])


if __name__ == "__main__":
    main()
