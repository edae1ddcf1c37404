import json
import re
from pathlib import Path

import pytest
import yaml
from google.protobuf import json_format
from kfp import components
from kfp.pipeline_spec import pipeline_spec_pb2 as spec

from pipeline import kubeflow_runner
from pipeline.cli import main
from pipeline.graph import build_pipeline
from pipeline.kubeflow.compile import Compiled, write
from pipeline.settings.loading import ConfigError, load
from tests.compiled import IMAGE, LOOKUPS, SETTINGS, compiled, tasks

pytestmark = pytest.mark.tfx

GOLDEN = Path(__file__).parents[2] / "golden" / "kubeflow.yaml"


def without_fingerprints(tree):
    """Fingerprints of code change with the code, which is not the spec's shape."""
    if isinstance(tree, dict):
        return {key: without_fingerprints(part) for key, part in tree.items()}
    if isinstance(tree, list):
        return [without_fingerprints(part) for part in tree]
    return re.sub(r"\b[0-9a-f]{16}\b", "FINGERPRINT", tree) if isinstance(tree, str) else tree


def test_every_change_of_the_spec_shows_in_the_golden_file(tmp_path):
    whole = compiled("kubeflow.gpus=1")
    shape = Compiled(without_fingerprints(whole.pipeline), without_fingerprints(whole.platforms))
    new = tmp_path / GOLDEN.name
    write(shape, new)
    if new.read_text() != GOLDEN.read_text():
        raise AssertionError(f"the compiled pipeline changed; if it is meant: cp {new} {GOLDEN}")


def test_the_spec_is_of_version_2_1_0_and_passes_a_strict_parse():
    document = compiled().pipeline
    assert document["schemaVersion"] == "2.1.0"
    json_format.ParseDict(document, spec.PipelineSpec(), ignore_unknown_fields=False)
    json_format.ParseDict(document["deploymentSpec"], spec.PipelineDeploymentConfig())


def test_kfp_loads_it_with_its_parameters_and_their_defaults(tmp_path):
    write(compiled(), tmp_path / "ichor.yaml")
    inputs = components.load_component_from_file(str(tmp_path / "ichor.yaml")).component_spec.inputs
    assert {name: (parameter.type, parameter.default) for name, parameter in inputs.items()} == {
        "run_data": ("String", "/data"),
        "trainer_epochs": ("Integer", 10),
        "trainer_learning_rate": ("Float", 0.0005),
        "trainer_batch_size": ("Integer", 32),
        "threshold_rule": ("String", "sensitivity"),
        "threshold_min_sensitivity": ("Float", 0.95),
        "threshold_value": ("Float", 0.5),
        "gate_min_binary_accuracy": ("Float", 0.8),
    }


def test_it_has_the_nodes_of_the_local_graph_and_two_look_ups():
    config = load(None, SETTINGS, {}, read_file=False).config
    local = {node.id for node in build_pipeline(config).components}
    assert tasks().keys() == local | LOOKUPS
    assert "Tuner" in tasks("tuner.enabled=true")


def test_each_command_names_the_outputs_that_its_component_declares():
    document = compiled("tuner.enabled=true").pipeline
    executors = document["deploymentSpec"]["executors"]
    named = 0
    for component in document["components"].values():
        container = executors.get(component.get("executorLabel"), {}).get("container", {})
        if "pipeline.kubeflow.entrypoint" in container.get("command", []):
            declared = sorted(component["outputDefinitions"]["artifacts"])
            first = container["args"].index("--outputs") + 1
            following = container["args"][first : first + len(declared) + 1]
            assert following == [*declared, "--executor_class_path"]
            named += 1
    assert named == len(tasks("tuner.enabled=true").keys() - LOOKUPS - {"LatestBlessedModel"})


def test_only_executors_of_the_open_source_backend_are_used():
    executors = compiled().pipeline["deploymentSpec"]["executors"].values()
    assert {kind for executor in executors for kind in executor} == {"container", "importer"}
    assert all(executor["container"]["image"] == IMAGE for executor in executors if "container" in executor)


def test_an_importer_waits_for_no_task_and_reads_its_address_from_the_graph_around_it():
    """KFP's compiler drops an importer's dependencies; its launcher reads the parent's inputs alone."""
    document = compiled().pipeline
    components, executors = document["components"], document["deploymentSpec"]["executors"]
    seen = []
    for graph in (document["root"], *(component for component in components.values() if "dag" in component)):
        for name, task in graph["dag"]["tasks"].items():
            label = components[task["componentRef"]["name"]].get("executorLabel")
            if label and "importer" in executors[label]:
                seen.append(name)
                assert "dependentTasks" not in task
                (source,) = task["inputs"]["parameters"].values()
                assert source["componentInputParameter"] in graph["inputDefinitions"]["parameters"]
    assert seen == ["LatestBlessedModel-importer"]


def test_every_input_comes_from_a_task_that_is_waited_for():
    for name, task in tasks().items():
        inputs = task.get("inputs", {})
        producers = {
            artifact["taskOutputArtifact"]["producerTask"]
            for artifact in inputs.get("artifacts", {}).values()
        }
        for value in inputs.get("parameters", {}).values():
            if "taskOutputParameter" in value:
                producers.add(value["taskOutputParameter"]["producerTask"])
        assert producers <= set(task.get("dependentTasks", [])), name


def test_failed_steps_are_tried_again_and_a_retry_can_be_switched_off():
    assert tasks()["Trainer"]["retryPolicy"] == {
        "maxRetryCount": 2, "backoffDuration": "30s", "backoffFactor": 2.0, "backoffMaxDuration": "604800s",
    }  # fmt: skip
    assert tasks("kubeflow.retry_hours=2")["Trainer"]["retryPolicy"]["backoffMaxDuration"] == "7200s"
    assert "retryPolicy" not in tasks("kubeflow.retries=0")["Trainer"]


def test_all_is_cached_but_what_looks_outside():
    uncached = {name for name, task in tasks().items() if not task["cachingOptions"]}
    assert uncached == {*LOOKUPS, "LatestBlessedModel"}
    assert not any(
        task["cachingOptions"].get("enableCache") for task in tasks("kubeflow.cache=false").values()
    )


def test_the_fingerprint_of_the_data_is_an_input_of_the_ingest_so_that_the_cache_sees_it():
    fingerprint = tasks()["SliceExampleGen"]["inputs"]["parameters"]["input_fingerprint"]
    assert fingerprint == {
        "taskOutputParameter": {
            "producerTask": "SliceExampleGen-lookup",
            "outputParameterKey": "input_fingerprint",
        }
    }


def test_no_path_of_the_compiling_machine_is_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = compiled("run.name=elsewhere").to_yaml()
    assert str(tmp_path) not in text
    assert str(Path(__file__).parents[3]) not in text
    assert str(Path.home()) + "/" not in text


def test_the_file_is_the_same_whenever_it_is_compiled(tmp_path):
    first = compiled().to_yaml()
    compiled.cache_clear()
    assert compiled().to_yaml() == first
    assert len(list(yaml.safe_load_all(first))) == 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("kubeflow.image=''", "kubeflow.image: is needed; give it with --image"),
        ("kubeflow.pipeline_root=''", "kubeflow.pipeline_root: is needed; give it with --pipeline-root"),
        (
            "kubeflow.pipeline_root=hdfs://x",
            "kubeflow.pipeline_root: expected an address of s3://, minio://, gs:// with a bucket, "
            "or an absolute path, got 'hdfs://x'",
        ),
        ("ingest.source=auto", "ingest.source: auto looks into the data folder, which only the cluster sees"),
        ("kubeflow.key_secret=''", "kubeflow.key_secret: is needed"),
        ("run.data=data", "run.data: expected the absolute path"),
        ("kubeflow.volumes=['slices']", "kubeflow.volumes: expected CLAIM:/PATH, got 'slices'"),
        (
            "kubeflow.volumes=['slices:/s3/']",
            "kubeflow.volumes: /s3 is KFP's own folder; mount slices elsewhere",
        ),
        ("kubeflow.volumes=['a:/data', 'b:/data']", "kubeflow.volumes: two of them are mounted at /data"),
        ("kubeflow.volumes=['a:/data', 'a:/state']", "kubeflow.volumes: a stands twice"),
        (
            "kubeflow.volumes=['a:/etc/ichor/key']",
            "kubeflow.volumes: two of them are mounted at /etc/ichor/key",
        ),
        ("kubeflow.cpu={Trainer = 2}", "kubeflow.cpu: has no 'default', which all other steps use"),
        (
            "kubeflow.memory={default = 4, Trainer = 0}",
            "kubeflow.memory: Trainer: expected a number above 0, got 0.0",
        ),
        ("kubeflow.cpu={default = 1, Trainr = 2}", "kubeflow.cpu, kubeflow.memory: no step 'Trainr'"),
        (
            "kubeflow.runtime_parameters=['filter.enabled']",
            "'filter.enabled' cannot be changed from run to run; "
            "what can is in gate, run.data, threshold, trainer",
        ),
        ("kubeflow.runtime_parameters=['trainer.flip']", "'trainer.flip' is no number and no text"),
        (
            "kubeflow.runtime_parameters=['trainer.epoch']",
            "kubeflow.runtime_parameters: there is no setting 'trainer.epoch'; "
            "did you mean 'trainer.epochs'?",
        ),
        (
            "kubeflow.runtime_parameters=['epochs']",
            "kubeflow.runtime_parameters: there is no setting 'epochs'",
        ),
        ("kubeflow.runtime_parameters=['trainer.weights']", "'trainer.weights' cannot be changed"),
    ],
)
def test_what_a_cluster_cannot_do_is_refused_before_it_is_compiled(changed, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        compiled(changed)


def test_both_ways_to_compile_write_the_same(tmp_path, monkeypatch, capsys):
    pairs = [setting.partition("=") for setting in SETTINGS]  # a dotted key of TOML is one of a table
    lines = [f"{key} = {text if text.startswith('[') else json.dumps(text)}" for key, _, text in pairs]
    (tmp_path / "ichor.toml").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICHOR_CONFIG", raising=False)
    assert main(["compile", "-o", "by_command.yaml"]) == 0
    assert capsys.readouterr() == (
        "by_command.yaml: 19 steps; parameters of a run: gate_min_binary_accuracy, run_data, "
        "threshold_min_sensitivity, threshold_rule, threshold_value, trainer_batch_size, trainer_epochs, "
        "trainer_learning_rate\n"
        "Run it: ichor submit by_command.yaml --host URL\n",
        "",
    )
    assert kubeflow_runner.main() == 0
    assert Path("by_command.yaml").read_bytes() == Path("ichor.yaml").read_bytes()


def test_a_setting_that_is_missing_is_one_line_and_status_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["compile", "--pipeline-root", "s3://b/r"]) == 1
    assert capsys.readouterr().err == "ichor: kubeflow.image: is needed; give it with --image\n"
    assert not list(tmp_path.iterdir())


def test_slices_that_no_volume_holds_are_noted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    given = [text for setting in (*SETTINGS, "run.data=/elsewhere") for text in ("--set", setting)]
    assert main(["compile", *given]) == 0
    assert "note: run.data, /elsewhere, is on none of kubeflow.volumes; the image has to hold it\n" in (
        capsys.readouterr().out
    )
