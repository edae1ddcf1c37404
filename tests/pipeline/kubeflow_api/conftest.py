from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kubeflow_api.calls import TOKEN
from tests.kubeflow_api.server import Kfp, serving

TINY = """\
components:
  comp-work: {executorLabel: exec-work}
deploymentSpec:
  executors:
    exec-work: {container: {image: busybox, command: [sh, -c, 'exit 0']}}
pipelineInfo: {name: tiny}
root:
  dag:
    tasks:
      Ingest: {componentRef: {name: comp-work}, taskInfo: {name: Ingest}}
      Trainer: {componentRef: {name: comp-work}, dependentTasks: [Ingest], taskInfo: {name: Trainer}}
      Pusher: {componentRef: {name: comp-work}, dependentTasks: [Trainer], taskInfo: {name: Pusher}}
  inputDefinitions:
    parameters:
      epochs: {parameterType: NUMBER_INTEGER, defaultValue: 10.0}
      rate: {parameterType: NUMBER_DOUBLE, defaultValue: 0.5}
      data: {parameterType: STRING, defaultValue: /data}
      flip: {parameterType: BOOLEAN, defaultValue: false}
      windows: {parameterType: LIST, defaultValue: []}
      labels: {parameterType: STRUCT, isOptional: true}
schemaVersion: 2.1.0
sdkVersion: kfp-2.16.1
---
platforms:
  kubernetes:
    deploymentSpec:
      executors:
        exec-work: {nodeSelector: {labels: {disk: fast}}}
"""


@pytest.fixture(autouse=True)
def _nothing_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICHOR_CONFIG", raising=False)
    monkeypatch.delenv("ICHOR_KFP_TOKEN", raising=False)


@pytest.fixture
def kfp() -> Iterator[Kfp]:
    with serving(Kfp()) as kfp:
        yield kfp


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    (tmp_path / "tiny.yaml").write_text(TINY)
    return "tiny.yaml"


@pytest.fixture
def token_file(tmp_path: Path) -> str:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    return "token"
