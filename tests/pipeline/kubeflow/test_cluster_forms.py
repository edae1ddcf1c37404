import re

import pytest

from pipeline.cli import main
from pipeline.kubeflow.forms import mounted
from pipeline.kubeflow.settings import in_containers
from pipeline.settings.loading import ConfigError, load

pytestmark = pytest.mark.numpy

DIGEST = "sha256:" + "0" * 64
SOUND = (
    f"kubeflow.image=registry.example:5000/ichor@{DIGEST}",
    "kubeflow.pipeline_root=s3://bucket/root",
    "kubeflow.key_secret=ichor-key",
    "run.data=/data/slices",
    "ingest.source=image",
)


def checked(*settings: str):
    return in_containers(load(None, [*SOUND, *settings], {}, read_file=False).config)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            "kubeflow.image=registry.example/my image:1",
            "kubeflow.image: expected REPOSITORY:TAG or REPOSITORY@sha256:DIGEST without spaces, "
            "got 'registry.example/my image:1'",
        ),
        ("kubeflow.image=ichor@sha256:...", "without spaces, got 'ichor@sha256:...'"),
        (
            "kubeflow.pipeline_root=s3://",
            "kubeflow.pipeline_root: expected an address of s3://, minio://, gs:// with a bucket, "
            "or an absolute path, got 's3://'",
        ),
        ("kubeflow.pipeline_root=s3:bucket", "or an absolute path, got 's3:bucket'"),
        ("kubeflow.pipeline_root=bucket/root", "or an absolute path, got 'bucket/root'"),
        (
            "kubeflow.volumes=['Slices_1:/data']",
            "kubeflow.volumes: expected a name as Kubernetes has them (small letters, digits, '-', '.'), "
            "got 'Slices_1'",
        ),
        ("kubeflow.key_secret=ichor key", "kubeflow.key_secret: expected a name as Kubernetes has them"),
        ("kubeflow.image_pull_secret=-x", "kubeflow.image_pull_secret: expected a name as Kubernetes"),
        ("kubeflow.state_dir=state", "kubeflow.state_dir: string should match pattern '^/', got 'state'"),
        ("kubeflow.metadata_address=grpc", "kubeflow.metadata_address: string should match pattern"),
        ("kubeflow.gpu_type=''", "kubeflow.gpu_type: string should match pattern"),
    ],
)
def test_what_a_cluster_would_refuse_is_refused_here(changed, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        checked(changed)


@pytest.mark.parametrize(
    "sound",
    [
        "kubeflow.image=ichor",
        "kubeflow.image=localhost:5000/radiology/ichor:0.1.0",
        f"kubeflow.image=registry.example/ichor:0.1.0@{DIGEST}",
        "kubeflow.pipeline_root=gs://bucket",
        "kubeflow.pipeline_root=minio://bucket/root/",
        "kubeflow.pipeline_root=/shared/root",
        "kubeflow.volumes=['slices.v2:/data', 'ichor-state:/state']",
        "kubeflow.metadata_address=",
        "kubeflow.metadata_address=10.0.0.1:8080",
    ],
)
def test_what_a_cluster_takes_is_taken(sound):
    assert checked(sound)


def test_a_path_is_on_a_volume_only_below_where_it_is_mounted():
    params = load(None, ["kubeflow.volumes=['slices:/data/']"], {}, read_file=False).config.kubeflow
    assert mounted("/data/slices", params)
    assert mounted("/data", params)
    assert not mounted("/database", params)


@pytest.mark.parametrize("name", ["ichor.json", "-", ""])
def test_a_file_that_could_not_be_submitted_is_not_written(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    given = [text for setting in SOUND for text in ("--set", setting)]
    assert main(["compile", *given, "-o", name]) == 1
    assert capsys.readouterr().err == f"ichor: --out: expected a file that ends in .yaml, got {name!r}\n"
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_full_is_reported_without_a_name(monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.commands.compile.in_containers", full)
    given = [text for setting in SOUND for text in ("--set", setting)]
    assert main(["compile", *given]) == 1
    assert capsys.readouterr().err == "ichor: No space left on device\n"
