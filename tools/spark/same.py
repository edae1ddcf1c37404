"""Both engines on the same slices: the whole graph by each, and what came out, side by side."""

from pathlib import Path

import tfx.v1 as tfx  # before anything that imports tensorflow_data_validation
from tfx.orchestration.pipeline import RunOptions

from bench import graph_runs
from bench.cost import Cost
from bench.own_process import in_own_process
from components.phantoms.dataset import write_dataset
from pipeline.graph import build_pipeline
from pipeline.past_runs.history import read_run
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout
from pipeline.settings.loading import load
from pipeline.terminal.console import chatter_to
from tools.spark import outcome
from tools.spark.cluster import Cluster
from tools.spark.outcome import Compared
from tools.spark.tables import print_table

PHANTOMS = ("phantoms.patients=24", "phantoms.side=96", "phantoms.slices_per_series=12")
QUICK = (
    "trainer.trunk=tiny", "trainer.weights=none", "trainer.epochs=2", "transform.image_side=48",
    "gate.min_binary_accuracy=0.01",
)  # fmt: skip
SEED = 9
BY_BEAM = ("SliceExampleGen", "SliceFilter", "LeakageGate", "StatisticsGen", "Transform")
EVALUATORS = ("Evaluator", "TestEvaluator")
KEY = bytes(range(32))


def write_phantoms(folder: Path, *further: str) -> Path:
    """Writes phantoms and returns their folder."""
    write_dataset(folder, load("local", [*PHANTOMS, *further], environment={}).config.phantoms)
    return folder


def settings(data: Path, output: Path, *further: str) -> Config:
    """Returns the settings of a quick run, with a key that is the same for all runs on the same data."""
    key = data.parent / "key"
    key.write_bytes(KEY)
    key.chmod(0o600)
    output.mkdir(parents=True, exist_ok=True)
    given = [f"run.data={data}", f"run.output={output}", f"ingest.key_file={key}", f"ingest.seed={SEED}"]
    return load("local", [*given, *QUICK, *further], environment={}).config


def run_graph(config: Config, log: Path, to_node: str | None = None) -> dict[str, Cost]:
    """Runs the graph as far as a node, and returns what each node cost."""
    with chatter_to(log):
        return dict(graph_runs.run(build_pipeline(config), config, to_node).costs)


def evaluate_again(config: Config, log: Path) -> None:
    """Runs the evaluators once more on what they had before, without the cache."""
    with chatter_to(log):
        for node in EVALUATORS:
            graph = build_pipeline(config)
            graph.enable_cache = False
            options = RunOptions(from_nodes=[node], to_nodes=[node])
            tfx.orchestration.LocalDagRunner().run(graph, run_options=options)


def states(config: Config) -> dict[str, str]:
    """Returns what became of each node in the last run: ran or cached."""
    return {name: node.state for name, node in read_run(Layout.of(config.run)).nodes.items()}


def compared(direct: Config, spark: Config) -> list[Compared]:
    """Compares all that Beam made; `spark`'s evaluators have run twice, by Spark and then by direct."""
    first, second = Layout.of(direct.run).artifacts, Layout.of(spark.run).artifacts
    comparisons = [*outcome.compare_data(first, second), outcome.compare_transform(first, second)]
    for node in EVALUATORS:
        runs = sorted((second / node / "evaluation").iterdir(), key=lambda folder: int(folder.name))
        comparisons.append(outcome.compare_evaluations(node, runs[-1], runs[0]))
    return comparisons


def prove(cluster: Cluster, folder: Path) -> bool:
    """Runs the whole graph by both engines; prints what is the same, and returns whether all is."""
    data = write_phantoms(folder / "phantoms")
    log = folder / "log"
    direct = settings(data, folder / "direct")
    on_spark = settings(data, folder / "spark", *cluster.settings())
    here_again = settings(data, folder / "spark")
    costs = {"direct": in_own_process(run_graph, direct, log)}
    with cluster:
        costs["spark"] = in_own_process(run_graph, on_spark, log)
    in_own_process(evaluate_again, here_again, log)
    comparisons = in_own_process(compared, direct, on_spark)
    in_own_process(run_graph, here_again, log, BY_BEAM[-1])
    cached = {node: state for node, state in in_own_process(states, here_again).items() if node in BY_BEAM}
    print_table(
        ("what", "of which", "direct and Spark"),
        [(comparison.what, comparison.size, comparison.how) for comparison in comparisons],
    )
    nodes = [node for node in (*BY_BEAM, *EVALUATORS) if node in costs["spark"]]
    rows = [(node, *(f"{costs[way][node].wall:.1f}" for way in costs)) for node in nodes]
    print_table(("node, seconds", *costs), rows)
    print(f"direct after Spark, in the same folder: {', '.join(f'{k} {v}' for k, v in cached.items())}")
    return all(comparison.same for comparison in comparisons) and set(cached.values()) == {"cached"}
