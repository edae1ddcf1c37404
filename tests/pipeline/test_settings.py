import doctest
import subprocess
import sys

import pytest

from components import parameters
from pipeline import nodes
from pipeline.settings import config as settings
from pipeline.settings import loading
from pipeline.settings.config import DEFAULTS, Config
from pipeline.settings.loading import ConfigError, load
from pipeline.settings.presets import PRESETS

pytestmark = pytest.mark.numpy


@pytest.fixture(autouse=True)
def _empty_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("module", [settings, loading, nodes, parameters])
def test_examples_in_docstrings_hold(module):
    failed, attempted = doctest.testmod(module)
    assert attempted > 0
    assert failed == 0


def test_every_setting_has_a_meaning_and_an_origin():
    settings = list(load(environment={}).settings())
    assert {s.key for s in settings} == {f"{g}.{n}" for g, names in DEFAULTS.items() for n in names}
    assert all(s.meaning and s.origin == "default" for s in settings)


def test_the_default_is_the_recipe():
    config = load(environment={}).config
    assert config.transform.image_side == 224
    trainer = config.trainer
    assert (trainer.trunk, trainer.weights, trainer.dropout) == ("inception_v3", "imagenet", 0.5)
    assert (trainer.learning_rate, trainer.epochs) == (0.0005, 10)
    ingest = config.ingest
    assert ingest.train_buckets == 4 * ingest.val_buckets
    assert ingest.test_buckets / (ingest.train_buckets + ingest.val_buckets + ingest.test_buckets) == 1 / 6


def test_the_meaning_of_the_trunk_names_all_that_there_are():
    (trunk,) = [setting for setting in load(environment={}).settings() if setting.key == "trainer.trunk"]
    assert trunk.meaning == (
        "convolutional trunk: inception_v3, efficientnet_v2_b0, tiny; tiny is a stand-in for tests, not for "
        "results"
    )


def test_settings_are_read_without_keras_and_tensorflow():
    code = "import sys, pipeline.settings.loading; print(*{'keras', 'tensorflow'} & sys.modules.keys())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == ""


def test_the_command_line_beats_the_file_which_beats_the_preset_which_beats_the_default(tmp_path):
    (tmp_path / "ichor.toml").write_text("[trainer]\nepochs = 4\nbatch_size = 8\n")
    loaded = load("demo", ["trainer.batch_size=2"], environment={})
    assert loaded.config.transform.image_side == PRESETS["demo"]["transform.image_side"] != 224
    assert loaded.config.trainer.epochs == 4
    assert loaded.config.trainer.batch_size == 2
    assert loaded.origins["transform.image_side"] == "preset demo"
    assert loaded.origins["trainer.epochs"] == "ichor.toml"
    assert loaded.origins["trainer.batch_size"] == "--set"
    assert loaded.origins["trainer.dropout"] == "default"


def test_the_file_may_lie_elsewhere_and_name_a_preset(tmp_path):
    file = tmp_path / "other.toml"
    file.write_text('preset = "demo"\n[run]\ndata = "x"\n')
    loaded = load(environment={"ICHOR_CONFIG": str(file)})
    assert loaded.config.run.data == "x"
    assert loaded.origins["trainer.weights"] == "preset demo"


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("trainer.epoch=3", "--set: unknown setting 'trainer.epoch'; did you mean 'trainer.epochs'?"),
        ("trainer.epochs=0", "--set: trainer.epochs: input should be greater than or equal to 1, got 0"),
        ("trainer.epochs=many", "--set: trainer.epochs: input should be a valid integer"),
        (
            "trainer.trunk=vgg",
            "--set: trainer.trunk: input should be 'inception_v3', 'efficientnet_v2_b0' or 'tiny', got 'vgg'",
        ),
        ("trainer.epochs", "--set 'trainer.epochs': expected key=value"),
        ("run.name=Wrong Name", "--set: run.name: string should match pattern"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key_and_bounds(assignment, message):
    with pytest.raises(ConfigError) as error:
        load(assignments=[assignment], environment={})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs = 3", "'epochs' stands outside a table"),
        ("[trainer\n", "not valid TOML"),
        (
            "[trainer]\nepoch = 3\n",
            "ichor.toml: unknown setting 'trainer.epoch'; did you mean 'trainer.epochs'?",
        ),
        ('preset = "dem"\n', "unknown preset 'dem'; did you mean 'demo'?"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path, text, message):
    (tmp_path / "ichor.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        load(environment={})
    assert message in str(error.value)


def test_a_named_file_that_is_missing_is_an_error():
    with pytest.raises(ConfigError, match=r"ICHOR_CONFIG names 'no\.toml', which is not a file"):
        load(environment={"ICHOR_CONFIG": "no.toml"})


def test_a_value_that_is_no_toml_is_taken_as_text():
    assert load(assignments=["run.data=/some/where"], environment={}).config.run.data == "/some/where"


def test_parameters_cross_process_borders_unchanged():
    config = load("demo", environment={}).config
    assert Config.from_json(config.to_json()) == config
