import argparse
import json
from pathlib import Path

import pytest
from tfx.components.pusher.executor import Executor as PusherExecutor
from tfx.orchestration.kubeflow.v2.container import kubeflow_v2_run_executor as stock
from tfx.utils import name_utils

from pipeline.kubeflow.entrypoint import Step, main
from tests.compiled import compiled
from tests.kubeflow_backend.executors import FILE
from tests.shadowing import imported, write_modules

pytestmark = pytest.mark.tfx

EXECUTORS = "tests.kubeflow_backend.executors"
ROOT = "s3://bucket/root/ichor/run-1"


def definition(task: str) -> str:
    arguments = compiled().pipeline["deploymentSpec"]["executors"][f"exec-{task}"]["container"]["args"]
    return arguments[arguments.index("--json_serialized_inputs_spec_args") + 1]


def without_type(uri: str, number: int, **metadata: object) -> dict:
    """As KFP's backend hands an artifact over (tensorflow/tfx issue 7768): a number and no type."""
    return {"artifacts": [{"name": str(number), "uri": uri, "metadata": metadata}]}


def push(folder: Path) -> dict:
    """The request of KFP's backend to Pusher's container."""
    return {
        "inputs": {
            "artifacts": {
                "model": without_type(f"{ROOT}/OperatingPoint/model", 7, tfx_version="1.21.0"),
                "model_blessing": without_type(f"{ROOT}/ModelGate/blessing", 9, blessed=1.0, ichor_final=1.0),
            },
            "parameterValues": {
                "push_destination": json.dumps({"filesystem": {"base_directory": str(folder / "pushed")}}),
            },
        },
        "outputs": {
            "artifacts": {
                "pushed_model": {
                    "artifacts": [
                        {
                            "name": "pushed_model",
                            "uri": f"{ROOT}/Pusher/pushed_model",
                            "type": {"instanceSchema": "title: tfx.PushedModel\ntype: object\n"},
                        }
                    ]
                }
            },
            "outputFile": str(folder / "outputs" / "executor_output.json"),
        },
    }


@pytest.fixture
def store(tmp_path, monkeypatch) -> Path:
    """A folder in which the launcher's mounts lie, with a model."""
    monkeypatch.setenv("ICHOR_MOUNT_ROOT", str(tmp_path))
    model = tmp_path / "s3/bucket/root/ichor/run-1/OperatingPoint/model/Format-Serving"
    model.mkdir(parents=True)
    (model / "saved_model.pb").write_bytes(b"a graph")
    return tmp_path


def run(folder: Path, executor: str, node: str = "Pusher", request: dict | None = None) -> int:
    return main(
        [
            *("--node", node),
            *("--state_dir", str(folder / "state")),
            *("--outputs", "pushed_model"),
            *("--executor_class_path", executor),
            *("--json_serialized_invocation_args", json.dumps(request or push(folder))),
            *("--json_serialized_inputs_spec_args", definition("pusher")),
            "--direct_num_workers=2",
        ]
    )


def output_of(folder: Path) -> dict:
    return json.loads((folder / "outputs/executor_output.json").read_text())


def output(folder: Path) -> Path:
    return folder / "s3/bucket/root/ichor/run-1/Pusher/pushed_model"


def test_a_stock_executor_runs_on_artifacts_without_types(store):
    assert run(store, name_utils.get_full_name(PusherExecutor)) == 0
    (pushed,) = output_of(store)["artifacts"]["pushed_model"]["artifacts"]
    assert pushed["uri"] == f"{ROOT}/Pusher/pushed_model"
    assert pushed["metadata"]["pushed"] == 1
    (version,) = (store / "pushed").iterdir()
    assert (version / "saved_model.pb").read_bytes() == b"a graph"
    assert (output(store) / "saved_model.pb").read_bytes() == b"a graph"


def test_upstreams_own_entrypoint_fails_on_the_same_input(store):
    """The day that this fails, upstream is mended: look whether the entrypoint of ours is needed any more."""
    request = argparse.Namespace(
        executor_class_path=name_utils.get_full_name(PusherExecutor),
        json_serialized_invocation_args=json.dumps(push(store)),
        json_serialized_inputs_spec_args=definition("pusher"),
    )
    with pytest.raises(UnboundLocalError, match="title"):
        stock._run_executor(request, [])


def test_paths_of_this_process_are_addresses_again_in_what_kfp_gets(store):
    assert run(store, f"{EXECUTORS}.Whole") == 0
    (pushed,) = output_of(store)["artifacts"]["pushed_model"]["artifacts"]
    assert pushed["metadata"]["of"] == f"{ROOT}/OperatingPoint/model"
    assert str(store) not in json.dumps(output_of(store))


def test_a_type_that_nobody_knows_is_named(store, capfd):
    request = push(store)
    request["outputs"]["artifacts"]["pushed_model"]["artifacts"][0]["type"] = {"schemaTitle": "other.Thing"}
    assert run(store, f"{EXECUTORS}.Whole", request=request) == 1
    assert "artifact 'pushed_model': expected a type of TFX or ichor, got 'other.Thing'" in last_line(capfd)


def with_logs(folder: Path) -> tuple[dict, Path]:
    """The request of KFP since 2.5, whose driver adds an output for its log, and where that lies."""
    request = push(folder)
    name = "executor-logs"
    uri = f"{ROOT}/Pusher/{name}-0"
    logs = {"name": name, "uri": uri, "type": {"schemaTitle": "system.Artifact"}, "metadata": {}}
    request["outputs"]["artifacts"][name] = {"artifacts": [logs]}
    file = folder / "s3/bucket/root/ichor/run-1/Pusher/executor-logs-0"
    file.parent.mkdir(parents=True)
    file.write_text("a line of the launcher's log")
    return request, file


@pytest.mark.parametrize(("executor", "status"), [("Whole", 0), ("Refusing", 1)])
def test_outputs_that_the_node_does_not_declare_are_left_alone(executor, status, store):
    request, log = with_logs(store)
    assert run(store, f"{EXECUTORS}.{executor}", request=request) == status
    assert log.read_text() == "a line of the launcher's log"
    if status == 0:
        assert output_of(store)["artifacts"].keys() == {"pushed_model"}


def test_a_folder_of_an_output_that_the_node_does_not_declare_is_not_removed(store):
    request, log = with_logs(store)
    log.unlink()
    log.mkdir()
    assert run(store, f"{EXECUTORS}.Whole", request=request) == 0
    assert log.is_dir()


def last_line(capfd) -> str:
    return capfd.readouterr().err.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("executor", "reason"),
    [
        ("Refusing", "ichor: Pusher: data folder /data: no slices in it"),
        ("Broken", "ichor: Pusher: KeyError: 'brain' ("),
    ],
)
def test_a_step_that_fails_leaves_nothing_and_says_why_in_a_line(executor, reason, store, capfd):
    assert run(store, f"{EXECUTORS}.{executor}") == 1
    assert last_line(capfd).startswith(reason)
    assert not output(store).exists()
    assert not (store / "outputs/executor_output.json").exists()


def test_the_ingest_names_no_file_when_it_fails(store, capfd):
    assert run(store, f"{EXECUTORS}.Naming", "SliceExampleGen") == 1
    err = capfd.readouterr().err
    assert "Doe" not in err
    assert "ichor: SliceExampleGen: FileNotFoundError: not reported here, since it may name a file (" in err
    assert run(store, f"{EXECUTORS}.Naming", "Pusher") == 1
    assert "ichor: Pusher: [Errno 2] No such file or directory: '/data/Doe^John.png'" in last_line(capfd)


def test_the_account_of_a_refusal_is_kept_where_a_volume_may_be_and_the_reason_names_it(store, capfd):
    assert run(store, f"{EXECUTORS}.Accounting") == 1
    kept = store / "state/stopped/Pusher/pushed_model" / FILE
    assert kept.read_text() == "written"
    assert last_line(capfd) == f"ichor: Pusher: too many rejected; {kept} lists them"


def test_what_a_killed_try_left_is_not_in_the_next_ones_output(store):
    output(store).mkdir(parents=True)
    (output(store) / "left").write_text("of a killed try")
    (store / "outputs").mkdir()
    (store / "outputs/executor_output.json").write_text('{"artifacts": {')
    assert run(store, f"{EXECUTORS}.Whole") == 0
    assert [file.name for file in output(store).iterdir()] == [FILE]
    assert output_of(store)["artifacts"].keys() == {"pushed_model"}


def test_what_kfp_gets_is_there_whole_or_not_at_all(store, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    assert run(store, f"{EXECUTORS}.Whole") == 1
    assert not (store / "outputs/executor_output.json").exists()


def test_what_a_step_starts_imports_nothing_from_the_working_directory(store, monkeypatch):
    folder = write_modules(store / "home")
    monkeypatch.chdir(folder)
    assert run(store, f"{EXECUTORS}.Starting") == 0
    assert imported(folder) == []


def test_a_baseline_that_is_the_candidate_stands_for_none(store):
    request = push(store)
    del request["inputs"]["artifacts"]["model_blessing"]
    request["inputs"]["artifacts"]["baseline_model"] = request["inputs"]["artifacts"]["model"]
    step = Step.read("SliceScorer", json.dumps(request), definition("slice-scorer"), ["scores"])
    assert step.inputs["baseline_model"] == []
    other = without_type(f"{ROOT}/OperatingPoint/older", 5)
    request["inputs"]["artifacts"]["baseline_model"] = other
    step = Step.read("SliceScorer", json.dumps(request), definition("slice-scorer"), ["scores"])
    assert step.inputs["baseline_model"][0].uri.endswith("older")


def test_an_address_that_the_launcher_does_not_handle_is_named(store, capfd):
    request = push(store)
    request["inputs"]["artifacts"]["model"]["artifacts"][0]["uri"] = "hdfs://x/model"
    assert run(store, f"{EXECUTORS}.Whole", request=request) == 1
    assert "hdfs://x/model: expected an address of s3://, minio://, gs:// or a path" in last_line(capfd)
