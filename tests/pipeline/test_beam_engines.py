"""The options of Beam for each engine; a missing one is reported before anything runs."""

from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.beam.arguments import beam_args
from pipeline.cli import main
from pipeline.graph import build_pipeline
from pipeline.settings.loading import ConfigError, load

pytestmark = pytest.mark.tfx

SPARK = ("beam.engine=spark", "beam.job_endpoint=jobs:8099")
FLINK = ("beam.engine=flink", "beam.job_endpoint=jobs:8099")
DATAFLOW = (
    "beam.engine=dataflow", "beam.project=radiology", "beam.region=europe-west4",
    "beam.temp_location=gs://bucket/tmp", "beam.sdk_image=registry/ichor@sha256:0",
)  # fmt: skip


def arguments(*settings: str) -> list[str]:
    return beam_args(load(assignments=settings, environment={}).config.beam)


def understood(*settings: str) -> dict:
    """What Beam itself makes of the arguments."""
    return PipelineOptions(arguments(*settings)).get_all_options()


def test_a_run_without_settings_stays_in_this_process_and_needs_no_network():
    assert arguments() == [
        "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner",
        "--sdk_container_image=none",
        "--direct_running_mode=in_memory",
        "--direct_num_workers=2",
    ]


def test_worker_processes_of_this_machine_can_be_selected():
    options = understood("beam.running_mode=multi_processing", "beam.workers=7")
    assert (options["direct_running_mode"], options["direct_num_workers"]) == ("multi_processing", 7)


@pytest.mark.parametrize("engine", [SPARK, FLINK])
def test_spark_and_flink_go_through_a_job_server_to_pools_of_their_workers(engine: tuple[str, ...]):
    options = understood(*engine)
    assert (options["runner"], options["job_endpoint"]) == ("PortableRunner", "jobs:8099")
    assert (options["environment_type"], options["environment_config"]) == ("EXTERNAL", "127.0.0.1:50000")
    assert options["artifact_endpoint"] is None
    assert options["environment_cache_millis"] == "600000"
    assert options["beam_plugins"] == ["tfx"]


def test_the_place_where_a_job_server_takes_files_can_be_set():
    assert understood(*SPARK, "beam.artifact_endpoint=jobs:8098")["artifact_endpoint"] == "jobs:8098"


def test_workers_can_start_a_process_of_their_own():
    options = understood(
        *SPARK, "beam.environment_type=process", 'beam.environment_config={"command": "boot"}'
    )
    assert (options["environment_type"], options["environment_config"]) == ("PROCESS", '{"command": "boot"}')


def test_workers_can_start_a_container_of_an_image_that_has_ichor():
    options = understood(*FLINK, "beam.environment_type=docker", "beam.sdk_image=registry/ichor@sha256:0")
    assert (options["environment_type"], options["sdk_container_image"]) == (
        "DOCKER",
        "registry/ichor@sha256:0",
    )
    assert options["environment_config"] == "registry/ichor@sha256:0"


def test_dataflow_gets_project_region_and_place_and_takes_all_code_from_the_image():
    options = understood(*DATAFLOW, "beam.parallelism=30")
    assert options["runner"] == "DataflowRunner"
    assert (options["project"], options["region"]) == ("radiology", "europe-west4")
    assert options["temp_location"] == "gs://bucket/tmp"
    assert (options["sdk_container_image"], options["sdk_location"]) == (
        "registry/ichor@sha256:0",
        "container",
    )
    assert options["max_num_workers"] == 30
    assert options["beam_plugins"] == ["tfx"]


def test_flink_gets_the_number_of_tasks_at_once():
    assert "--parallelism=8" in arguments(*FLINK, "beam.parallelism=8")
    assert not [argument for argument in arguments(*FLINK) if argument.startswith("--parallelism")]


def test_further_arguments_come_last_so_that_they_win():
    settings = [*FLINK, "beam.options=['--environment_type=LOOPBACK', '--streaming']"]
    assert arguments(*settings)[-2:] == ["--environment_type=LOOPBACK", "--streaming"]
    assert understood(*settings)["environment_type"] == "LOOPBACK"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            SPARK[:1],
            "beam.job_endpoint: beam.engine=spark needs HOST:PORT of Beam's job server, and it is empty; "
            "set it",
        ),
        (
            [*FLINK, "beam.environment_config="],
            "beam.environment_config: beam.environment_type=external needs HOST:PORT of the worker pool as a "
            "worker sees it, and it is empty; set it",
        ),
        (
            [*SPARK, "beam.environment_type=docker"],
            "beam.sdk_image: beam.environment_type=docker needs a container image that has Beam's harness "
            "and ichor, and it is empty; set it",
        ),
        (
            [*SPARK, "beam.environment_type=process"],
            'beam.environment_config: process needs JSON such as {"command": "boot"}, got '
            "'127.0.0.1:50000'",
        ),
        (
            [*SPARK, "beam.parallelism=4"],
            "beam.parallelism: Spark runs as many tasks as its workers have cores; set it to 0, and the "
            "workers' cores there",
        ),
        (
            [argument for argument in DATAFLOW if "region" not in argument],
            "beam.region: beam.engine=dataflow needs a Google Cloud region, such as europe-west4, and it is "
            "empty; set it",
        ),
        (["beam.options=['streaming']"], "beam.options: expected --name=value, got 'streaming'"),
        (
            ["beam.job_endpoint=http://jobs:8099"],
            r"--set: beam.job_endpoint: string should match pattern '^([^\s/:]+:[0-9]{1,5})?$', got "
            "'http://jobs:8099'",
        ),
    ],
)
def test_what_an_engine_needs_and_lacks_is_reported(settings: list[str], message: str):
    with pytest.raises(ConfigError) as error:
        arguments(*settings)
    assert str(error.value) == message


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slices").mkdir()
    return tmp_path


def test_the_flag_of_run_chooses_the_engine_and_a_lack_stops_it_before_anything_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["run", "--data", "slices", "--beam", "spark"]) == 1
    assert capsys.readouterr().err.startswith("ichor: beam.job_endpoint: beam.engine=spark needs HOST:PORT")
    assert [path.name for path in folder.iterdir()] == ["slices"]


def test_dataflow_is_not_sent_to_write_on_this_machine(folder: Path, capsys: pytest.CaptureFixture[str]):
    arguments = [word for setting in DATAFLOW for word in ("--set", setting)]
    assert main(["run", "--data", "slices", *arguments]) == 1
    assert capsys.readouterr().err == (
        f"ichor: beam.engine: dataflow's machines cannot reach {folder / 'ichor-output'}; take spark or "
        "flink, with a file system that all their workers have (docs/scaling.md)\n"
    )


def test_on_kubeflow_no_engine_works_outside_of_a_steps_pod(folder: Path, capsys: pytest.CaptureFixture[str]):
    needed = (
        "kubeflow.image=i:1", "kubeflow.pipeline_root=s3://b/r", "kubeflow.key_secret=k",
        "ingest.source=image", "run.data=/data", "trainer.weights=none", *SPARK,
    )  # fmt: skip
    arguments = [word for setting in needed for word in ("--set", setting)]
    assert main(["compile", *arguments]) == 1
    assert capsys.readouterr().err == (
        "ichor: beam.engine: spark would leave its results with its own workers, but Kubeflow takes them "
        "from the step's pod; compile with --beam direct (docs/scaling.md)\n"
    )
    assert [path.name for path in folder.iterdir()] == ["slices"]


def test_the_engine_enters_no_property_of_any_node_so_that_another_finds_the_same_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)

    def graph(*settings: str):
        return build_pipeline(load("demo", list(settings), environment={}).config)

    direct, spark = graph(), graph(*SPARK)
    assert spark.beam_pipeline_args == arguments(*SPARK) != direct.beam_pipeline_args
    properties = [
        {node.id: dict(node.exec_properties) for node in graph.components} for graph in (direct, spark)
    ]
    assert properties[0] == properties[1]
