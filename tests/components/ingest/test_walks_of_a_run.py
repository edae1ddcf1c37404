"""How often the data folder is walked and planned from the command up to the first record."""

import os

import pytest
from tfx import v1 as tfx

from components.ingest import plan as plans
from components.ingest.component import SliceExampleGen
from components.ingest.plan import check
from components.slices import scan
from pipeline.graph import build_pipeline
from pipeline.settings.channels import transform_params
from pipeline.settings.loading import load

pytestmark = pytest.mark.tfx


def test_a_run_walks_the_folder_twice_and_plans_once(data_dir, tmp_path, fixed_key, draw, monkeypatch):
    """Before TFX starts, and when the node does: it has to see the folder as it is then."""
    for patient in range(24):
        draw(data_dir / "hemorrhage" / f"P{patient}_1.png", 2 * patient)
        draw(data_dir / "normal" / f"P{patient}_2.png", 2 * patient + 1)
    settings = [
        f"run.data='{data_dir}'", f"run.output='{tmp_path / 'output'}'", f"ingest.key_file='{fixed_key}'",
        r"ingest.patient_pattern='(?P<patient>P\d+)_'",
    ]  # fmt: skip
    config = load("demo", settings, environment={}).config
    scandir, plan_of = os.scandir, plans.plan_of
    walks, made = [], []
    monkeypatch.setattr(scan.os, "scandir", lambda path: walks.append(path) or scandir(path))
    monkeypatch.setattr(plans, "plan_of", lambda *arguments: made.append(1) or plan_of(*arguments))

    channels = check(data_dir, config.ingest).channels  # as pipeline.commands.run does
    transform_params(config, channels)
    graph = build_pipeline(config, channels)
    assert (walks.count(data_dir), len(made)) == (1, 1)
    ingest = SliceExampleGen(str(data_dir), config.ingest, "code")
    connection = tfx.orchestration.metadata.sqlite_metadata_connection_config(str(tmp_path / "metadata.db"))
    tfx.orchestration.LocalDagRunner().run(
        tfx.dsl.Pipeline(
            pipeline_name="ingest",
            pipeline_root=str(tmp_path / "root"),
            components=[ingest],
            metadata_connection_config=connection,
            beam_pipeline_args=graph.beam_pipeline_args,
        )
    )
    assert list((tmp_path / "root").rglob("data_tfrecord-*"))
    assert (walks.count(data_dir), len(made)) == (2, 1)
