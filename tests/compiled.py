"""A compiled pipeline for tests, in little."""

import functools

from pipeline.kubeflow.compile import Compiled, compile_pipeline
from pipeline.settings.loading import load

IMAGE = "registry.example/ichor@sha256:" + "0" * 64
SETTINGS = (
    f"kubeflow.image={IMAGE}",
    "kubeflow.pipeline_root=s3://bucket/root",
    "kubeflow.key_secret=ichor-key",
    'kubeflow.volumes=["slices:/data"]',
    "run.data=/data",
    "ingest.source=image",
    "trainer.weights=none",
)


# Tasks that no node of the graph stands for.
LOOKUPS = {"SliceExampleGen-lookup", "LatestBlessedModel-lookup"}


@functools.cache
def compiled(*settings: str) -> Compiled:
    """Returns the graph, compiled with some settings beside those that are needed."""
    return compile_pipeline(load(None, [*SETTINGS, *settings], {}, read_file=False).config)


def tasks(*settings: str) -> dict:
    """Returns the tasks by name."""
    return compiled(*settings).pipeline["root"]["dag"]["tasks"]


def label(task: str, *settings: str) -> str:
    """Returns the label of a task's executor, or "" for a graph inside of the graph."""
    component = compiled(*settings).pipeline["components"][tasks(*settings)[task]["componentRef"]["name"]]
    return component.get("executorLabel", "")
