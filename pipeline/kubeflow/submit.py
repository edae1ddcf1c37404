"""Sends a compiled pipeline to KFP and starts a run of it."""

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from typing import Any

import kfp_server_api

from pipeline.kubeflow.access import KubeflowError
from pipeline.kubeflow.client import Client, NoAnswerError, equals
from pipeline.kubeflow.package import Package

__all__ = ["Submitted", "submit"]

NAME = "display_name"
LATEST = "created_at desc"


@dataclasses.dataclass(frozen=True)
class Submitted:
    """A run that was started.

    Attributes:
      run_id: KFP's.
      run_name: As shown in KFP.
      experiment: Its name.
      pipeline: Its name.
      version: Name of the pipeline's version.
      link: Page of the run.
    """

    run_id: str
    run_name: str
    experiment: str
    pipeline: str
    version: str
    link: str


def submit(
    client: Client,
    package: Package,
    values: Mapping[str, Any],
    namespace: str,
    experiment: str,
    run_name: str,
    say: Callable[[str], None],
) -> Submitted:
    """Uploads a pipeline unless this file is there already, and starts a run.

    Args:
      client: Of a server that was checked.
      package: What is run.
      values: Of the run's parameters, typed.
      namespace: Whose run it is; empty on a server for one user.
      experiment: That the run is put into; made if there is none of that name.
      run_name: As shown in KFP; empty for the pipeline's name and the time.
      say: Takes a line for a person.
    Raises:
      KubeflowError: The server cannot be reached, or refuses.
    """
    pipeline_id, version_id = _upload(client, package, namespace, say)
    experiment_id = _experiment(client, experiment, namespace, say)
    run_name = run_name or f"{package.name} {datetime.datetime.now():%Y-%m-%d %H-%M-%S}"
    wanted = kfp_server_api.V2beta1Run(
        display_name=run_name,
        experiment_id=experiment_id,
        pipeline_version_reference=kfp_server_api.V2beta1PipelineVersionReference(
            pipeline_id=pipeline_id, pipeline_version_id=version_id
        ),
        runtime_config=kfp_server_api.V2beta1RuntimeConfig(parameters=dict(values)),
    )
    try:
        run = client.call(client.runs.run_service_create_run, wanted)
    except NoAnswerError as error:
        raise KubeflowError(
            f"{error}; run {run_name!r} may have been started all the same: look with `ichor runs --host` "
            "before you submit again"
        ) from None
    link = client.access.run_link(_id(run.run_id, "run"))
    return Submitted(run.run_id, run_name, experiment, package.name, package.version, link)


def find_experiment(client: Client, name: str, namespace: str) -> str | None:
    """Returns the id of an experiment, or None if there is none of that name."""
    page = client.call(
        client.experiments.experiment_service_list_experiments,
        filter=equals(NAME, name),
        **_of(namespace),
    )
    return page.experiments[0].experiment_id if page.experiments else None


def _upload(client: Client, package: Package, namespace: str, say: Callable[[str], None]) -> tuple[str, str]:
    page = client.call(
        client.pipelines.pipeline_service_list_pipelines,
        filter=equals(NAME, package.name),
        **_of(namespace),
    )
    if page.pipelines:
        pipeline_id = _id(page.pipelines[0].pipeline_id, "pipeline")
    else:
        # Not by an upload, which names the first version after the pipeline: this file would not be found
        # among the versions and be sent again.
        wanted = kfp_server_api.V2beta1Pipeline(display_name=package.name, **_of(namespace))
        made = client.call(client.pipelines.pipeline_service_create_pipeline, wanted)
        pipeline_id = _id(made.pipeline_id, "pipeline")
        say(f"pipeline {package.name}: made; it was not there before")
    same = client.call(
        client.pipelines.pipeline_service_list_pipeline_versions,
        pipeline_id,
        filter=equals(NAME, package.version),
    ).pipeline_versions
    if same:
        say(f"pipeline {package.name}: version {package.version} is there already")
        return pipeline_id, _id(same[0].pipeline_version_id, "version")
    version = client.call(
        client.uploads.upload_pipeline_version,
        str(package.path),
        name=package.version,
        pipelineid=pipeline_id,
    )
    say(f"pipeline {package.name}: version {package.version} uploaded")
    return pipeline_id, _id(version.pipeline_version_id, "version")


def _experiment(client: Client, name: str, namespace: str, say: Callable[[str], None]) -> str:
    known = find_experiment(client, name, namespace)
    if known:
        return known
    wanted = kfp_server_api.V2beta1Experiment(display_name=name, **_of(namespace))
    made = client.call(client.experiments.experiment_service_create_experiment, wanted)
    say(f"experiment {name}: made; it was not there before")
    return _id(made.experiment_id, "experiment")


def _of(namespace: str) -> dict[str, str]:
    return {"namespace": namespace} if namespace else {}


def _id(value: str | None, what: str) -> str:
    if not value:
        raise KubeflowError(f"KFP answered without the id of the {what}; is its version 2.0 or later?")
    return value
