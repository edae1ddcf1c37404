"""Runs the graph, or its beginning, in this process and says what each node cost."""

import contextlib
import dataclasses
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import tfx.v1 as tfx  # before anything that imports tensorflow_data_validation
from absl import logging as absl_logging
from tensorflow_transform import TFTransformOutput
from tfx.orchestration.pipeline import RunOptions

from bench.cost import Cost, spent
from bench.sizes import GREY
from components.trainer import slices
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout
from pipeline.settings.loading import load
from pipeline.terminal.console import FINISHED, RUNNING
from schemas import features

# Every slice goes through every node, so that each node's cost is per slice of the data folder.
KEEP_ALL = "filter.enabled=false"
# The large data set holds each phantom several times, as different patients.
COPIES_MAY_STAY = "leakage.action=warn"
KEY = b"phantoms are nobody, and their split is the same each time"
SEED = 10  # gives every split both classes, at all sizes


@dataclasses.dataclass(frozen=True)
class GraphRun:
    """What a run cost and left behind.

    Attributes:
      costs: By node.
      artifacts: Folder of all nodes' outputs.
    """

    costs: Mapping[str, Cost]
    artifacts: Path

    def output(self, node: str, key: str) -> Path:
        """Returns the folder of a node's only output of that name."""
        (folder,) = (self.artifacts / node / key).iterdir()
        return folder

    def records(self) -> list[str]:
        """Returns the patterns of all splits' records, as the Trainer gets them."""
        folder = self.output("SliceFilter", "filtered_examples")
        return [f"{folder}/Split-{split}/*" for split in features.SPLITS]

    def transform(self) -> tuple[slices.Transform, tuple[int, int, int]]:
        """Returns the transform graph as the Trainer runs it, and the shape of what it makes of a slice."""
        graph = TFTransformOutput(str(self.output("Transform", "transform_graph")))
        shape = tuple(graph.transformed_feature_spec()[features.PIXELS].shape)
        return graph.transform_features_layer(), shape


def settings(data: Path, output: Path, *further: str) -> Config:
    """Returns the local preset's settings for a run in which nothing is cached."""
    key = output / "key"
    key.write_bytes(KEY)
    key.chmod(0o600)
    given = [f"run.data={data}", f"run.output={output}", f"ingest.key_file={key}", f"ingest.seed={SEED}"]
    return load("local", [*given, KEEP_ALL, COPIES_MAY_STAY, GREY, *further], environment={}).config


def run(pipeline: tfx.dsl.Pipeline, config: Config, to_node: str | None = None) -> GraphRun:
    """Runs a pipeline as `ichor run` does, as far as a node; None for all of it."""
    options = RunOptions(to_nodes=[to_node]) if to_node else None
    with _attributed() as costs:
        tfx.orchestration.LocalDagRunner().run(pipeline, run_options=options)
    return GraphRun(costs, Layout.of(config.run).artifacts)


class _Attributing(logging.Handler):
    """Reads the runner's own lines on when a node begins and ends."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.costs: dict[str, Cost] = {}
        self._before = spent()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == RUNNING:
            self._before = spent()
        elif record.msg == FINISHED and isinstance(record.args, tuple):
            self.costs[str(record.args[0])] = spent() - self._before


@contextlib.contextmanager
def _attributed() -> Iterator[dict[str, Cost]]:
    listener, runner = _Attributing(), logging.getLogger("absl")
    absl_logging.set_verbosity(absl_logging.INFO)  # the logger's own level is reset by what a node imports
    runner.addHandler(listener)
    try:
        yield listener.costs
    finally:
        runner.removeHandler(listener)
