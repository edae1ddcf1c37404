import json
import socket
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.kubeflow_api.calls import TOKEN, refused
from tests.kubeflow_api.server import Fault, Kfp, serving
from tests.kubeflow_api.story import look, step

pytestmark = pytest.mark.numpy


def test_a_token_opens_the_server_from_a_file_or_from_a_variable(tiny, token_file, monkeypatch, capsys):
    with serving(Kfp(token=TOKEN)) as kfp:
        assert main(["submit", tiny, "--host", kfp.url, "--token-file", token_file]) == 0
        monkeypatch.setenv("ICHOR_KFP_TOKEN", TOKEN)
        assert main(["submit", tiny, "--host", kfp.url, "--json"]) == 0
    captured = capsys.readouterr()
    assert TOKEN not in captured.out + captured.err
    assert "warning" not in captured.err  # to this machine itself a token may go over http


@pytest.mark.parametrize("wrong", ["", "another-token"])
def test_a_missing_or_wrong_token_is_reported(tiny, capsys, monkeypatch, wrong):
    monkeypatch.setenv("ICHOR_KFP_TOKEN", wrong)
    with serving(Kfp(token=TOKEN)) as kfp:
        assert refused(capsys, kfp.url) == (
            "answered 401 Unauthorized: Unauthenticated: no or wrong bearer token; the token is missing, "
            "wrong or too old; give one with --token-file or ICHOR_KFP_TOKEN"
        )
    assert kfp.state.pipelines == {}


def test_a_token_without_the_right_is_reported(tiny, token_file, capsys):
    with serving(Kfp(token=TOKEN, forbidden=True)) as kfp:
        assert refused(capsys, kfp.url, "--token-file", token_file) == (
            "answered 403 Forbidden: User 'radiology' is not authorized: create pipelines; this token or "
            "user may not do that; request the right in the namespace, or give another token"
        )


def test_a_token_that_is_renewed_while_a_run_is_followed_is_read_again(tiny, token_file):
    with serving(Kfp(token=TOKEN)) as kfp:
        kfp.state.story = [look("RUNNING"), look("SUCCEEDED")]
        renewed = []

        class Renewing(list):
            def append(self, name: str) -> None:
                super().append(name)
                if name == "run_service_get_run" and not renewed:
                    renewed.append(True)
                    kfp.token = f"{TOKEN}2"
                    Path(token_file).write_text(kfp.token)

        kfp.calls = Renewing()
        flags = ["--token-file", token_file, "--wait", "--set", "kubeflow.poll_seconds=0.001"]
        assert main(["submit", tiny, "--host", kfp.url, *flags]) == 0
    assert len([name for name in kfp.calls if name == "run_service_get_run"]) == 3  # the first was refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "--token-file token: No such file or directory"),
        ("", "--token-file token: is empty"),
        ("two words", "--token-file token: expected a token on one line without spaces"),
        ("one\r\nX-Other: 1", "--token-file token: expected a token on one line without spaces"),
    ],
)
def test_what_is_no_token_is_not_sent_and_not_shown(kfp, tiny, capsys, text, message):
    if text is not None:
        Path("token").write_text(text)
    assert main(["submit", tiny, "--host", kfp.url, "--token-file", "token"]) == 2
    assert capsys.readouterr().err == f"ichor: {message}\n"
    assert kfp.calls == []


def test_a_token_that_a_server_repeats_is_not_shown(tiny, token_file, capsys):
    with serving(Kfp()) as kfp:
        kfp.faults = [Fault(500, json.dumps({"error_details": f"bad header: Bearer {TOKEN}"}))]
        assert (
            refused(capsys, kfp.url, "--token-file", token_file)
            == "answered 500 Internal Server Error: bad header: Bearer ***"
        )


def test_a_token_that_a_step_repeats_is_not_shown(tiny, token_file, capsys):
    with serving(Kfp()) as kfp:
        kfp.state.story = [look("FAILED", step("Trainer", "FAILED", 1, 2, error=f"with {TOKEN}"))]
        flags = ["--wait", "--token-file", token_file, "--json"]
        assert main(["submit", tiny, "--host", kfp.url, *flags]) == 1
    captured = capsys.readouterr()
    assert TOKEN not in captured.out + captured.err
    assert "Trainer: with ***" in captured.err


def test_a_token_over_http_to_elsewhere_is_warned_of(tiny, token_file, capsys, monkeypatch):
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert main(["submit", tiny, "--host", "http://kubeflow.invalid", "--token-file", token_file]) == 2
    warning, error = capsys.readouterr().err.splitlines()
    assert warning == (
        "ichor: warning: the token goes to kubeflow.invalid unencrypted, since the address is no https://"
    )
    assert "its name is not known; check the address, or the network" in error


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--host", "localhost:8080"], "--host: expected http://... or https://..., got 'localhost:8080'"),
        (["--host", "https://"], "--host: expected http://... or https://..., got 'https://'"),
        (["--host", "http://h:x"], "--host: Port could not be cast to integer value as 'x'"),
        (
            ["--host", "https://me:pass@h"],
            "--host: must hold no user name or password; give a token with --token-file",
        ),
        (["--host", "https://h", "--ca-cert", "no.pem"], "--ca-cert no.pem: no such file"),
        (
            ["--host", "https://h", "--ca-cert", "tiny.yaml", "--no-verify"],
            "--ca-cert and --no-verify contradict: leave one of them out",
        ),
        (
            ["--host", "https://h", "--ca-cert", "tiny.yaml"],
            "--ca-cert tiny.yaml: holds no certificate (PEM)",
        ),
    ],
)
def test_a_wrong_flag_is_refused_before_anything_is_sent(tiny, capsys, flags, message):
    assert main(["submit", tiny, *flags]) == 2
    assert capsys.readouterr().err == f"ichor: {message}\n"


def test_what_kfp_keeps_for_its_own_client_is_not_read_or_written(kfp, tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    context = tmp_path / ".config" / "kfp" / "context.json"
    context.parent.mkdir(parents=True)
    context.write_text('{"namespace": "other", "client_authentication_cookie": "stale"}')
    assert main(["submit", tiny, "--host", f"{kfp.url}/apis/v2beta1/"]) == 0
    assert [experiment.get("namespace") for experiment in kfp.state.experiments.values()] == [None]
    assert json.loads(context.read_text())["client_authentication_cookie"] == "stale"
