"""What is known of a graph when it is built, before any node runs."""

import json
from pathlib import Path

import pytest
from dicom_folders import write_patient

from pipeline.graph import build_pipeline
from pipeline.settings.loading import load

pytestmark = pytest.mark.tfx


@pytest.fixture(autouse=True)
def _empty_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def built(*settings: str) -> dict[str, dict]:
    """The properties of each node, as TFX's cache compares them."""
    graph = build_pipeline(load("demo", list(settings), environment={}).config)
    return {node.id: dict(node.exec_properties) for node in graph.components}


def test_a_replaced_file_of_weights_makes_trainer_run_anew_and_no_other_node(tmp_path: Path):
    file = tmp_path / "w.h5"
    file.write_bytes(b"old")
    before = built(f"trainer.weights={file}")
    assert built(f"trainer.weights={file}") == before
    file.write_bytes(b"new")
    after = built(f"trainer.weights={file}")
    assert [node for node in before if before[node] != after[node]] == ["Trainer"]


def test_without_a_search_its_settings_change_no_property_of_any_node():
    assert built("tuner.trials=99", "tuner.search=hyperband", "tuner.seed=7") == built()
    assert "Tuner" not in built()


def test_with_a_search_the_training_waits_for_its_best_and_only_the_report_shows_it():
    config = load("demo", ["tuner.enabled=true"], environment={}).config
    nodes = {node.id: node for node in build_pipeline(config).components}
    order = list(nodes)
    assert order.index("Transform") < order.index("Tuner") < order.index("Trainer")
    assert nodes["Trainer"].inputs["hyperparameters"].producer_component_id == "Tuner"
    with_search = built("tuner.enabled=true")
    del with_search["Tuner"]
    without = built()
    assert [node for node in without if without[node] != with_search[node]] == ["Report"]


def test_the_length_of_the_training_after_it_does_not_search_anew():
    def searched(*settings: str) -> dict:
        return built("tuner.enabled=true", *settings)["Tuner"]

    assert searched("trainer.epochs=99") == searched()
    assert searched("tuner.epochs=3") != searched()
    assert searched("trainer.batch_size=4") != searched()


def test_a_missing_file_of_weights_is_reported_before_any_node_runs():
    with pytest.raises(FileNotFoundError, match=r"trainer\.weights: no such file: nowhere\.h5; give a file"):
        built("trainer.weights=nowhere.h5")


def test_slices_too_small_for_the_trunk_are_reported_before_any_node_runs():
    with pytest.raises(ValueError, match=r"transform\.image_side: .*at least 75 pixels, got 64"):
        built("transform.image_side=64")


def test_the_model_gets_a_channel_of_images_and_one_a_window_of_dicom(tmp_path: Path):
    def channels(*settings: str) -> int:
        custom = json.loads(built(f"run.data={tmp_path / 'data'}", *settings)["Transform"]["custom_config"])
        return json.loads(custom["params"])["channels"]

    (tmp_path / "data" / "normal").mkdir(parents=True)
    (tmp_path / "data" / "normal" / "1.png").touch()
    assert channels() == 1
    write_patient(tmp_path / "data" / "normal", "A")
    (tmp_path / "data" / "normal" / "1.png").unlink()
    assert channels() == 3
    assert channels("ingest.windows=40/80") == 1
    with pytest.raises(ValueError, match=r"transform\.channels: 1 would mix the 3 windows of a DICOM slice"):
        channels("transform.channels=1")


def test_the_report_gets_settings_without_places_of_this_machine_and_where_each_input_is_from():
    node = built("run.output=/private/place", "trainer.weights=none", "ingest.key_file=/private/key")[
        "Report"
    ]
    assert "/private" not in json.dumps(node)
    settings = {setting["key"]: setting for setting in json.loads(node["settings_json"])}
    assert settings["transform.image_side"]["value"] == 96
    assert settings["transform.image_side"]["default"] == 224
    assert settings["trainer.trunk"]["reference"] == "Keras Applications: InceptionV3"
    assert json.loads(node["nodes_json"])["evaluation"] == "ModelGate"


def test_weights_from_a_file_are_shown_without_its_name(tmp_path: Path):
    file = tmp_path / "of_somebody.h5"
    file.write_bytes(b"weights")
    assert "of_somebody" not in json.dumps(built(f"trainer.weights={file}")["Report"])
