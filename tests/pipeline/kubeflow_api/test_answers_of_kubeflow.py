import json
import socket

import pytest

from tests.kubeflow_api.calls import refused
from tests.kubeflow_api.server import Fault, Kfp, serving

pytestmark = pytest.mark.numpy

LOGIN = (
    "a login page sits before the API, or the address is not KFP's; give a token that it takes "
    "(--token-file, ICHOR_KFP_TOKEN), or the address of KFP's API itself"
)
DEX = Fault(302, "", "text/html", (("location", "https://dex.example/auth?state=abc&client_id=kubeflow"),))
PAGE = Fault(200, "<!doctype html><title>Sign in</title>", "text/html; charset=utf-8")


def test_a_server_that_is_away_is_reported(tiny, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        message = "does not take connections; check the address, or that a port-forward runs"
        assert refused(capsys, url) == message


def test_a_server_that_does_not_answer_in_time_is_reported(tiny, capsys):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert refused(capsys, url, "--set", "kubeflow.request_seconds=0.05") == "does not answer in time"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            DEX,
            f"redirects to https://dex.example/auth instead of answering: {LOGIN}",
        ),
        (
            PAGE,
            f"answered with a web page instead of JSON: {LOGIN}",
        ),
        (Fault(200, "ok", "text/plain"), "answered with what is none of KFP's answers; check the address"),
        (Fault(200, "[1]"), "answered with what is none of KFP's answers; check the address"),
        (Fault(502, "<html>bad\ngateway", "text/html"), "answered 502 Bad Gateway with a web page"),
        (
            Fault(500, '{"error": "no such\\ntable", "code": 13}'),
            "answered 500 Internal Server Error: no such table",
        ),
        (
            Fault(503, "no healthy upstream", "text/plain"),
            "answered 503 Service Unavailable: no healthy upstream",
        ),
        (Fault(400, ""), "answered 400 Bad Request"),
        (Fault(), "broke the connection off"),
    ],
)
def test_an_answer_that_is_none_is_reported_in_one_line(kfp, tiny, token_file, capsys, fault, message):
    kfp.faults = [fault]
    assert refused(capsys, kfp.url, "--token-file", token_file) == message
    assert kfp.calls == ["healthz_service_get_healthz"]


def test_a_redirect_to_tls_is_reported_and_not_followed(kfp, tiny, token_file, capsys):
    tls = kfp.url.replace("http:", "https:")
    kfp.faults = [Fault(308, "", "text/html", (("location", f"{tls}/apis/v2beta1/healthz"),))]
    assert refused(capsys, kfp.url, "--token-file", token_file) == f"wants TLS; give --host {tls}"
    assert len(kfp.calls) == 1


def test_a_long_message_of_a_server_is_cut(kfp, tiny, capsys):
    kfp.faults = [Fault(500, json.dumps({"message": "x" * 9000}))]
    assert refused(capsys, kfp.url) == f"answered 500 Internal Server Error: {'x' * 497}..."


def test_a_refusal_in_the_middle_is_reported_and_nothing_is_run(kfp, tiny, capsys):
    kfp.faults = [Fault(413, '{"error_message": "File too large"}', only="upload_pipeline_version")]
    assert refused(capsys, kfp.url) == "answered 413 Request Entity Too Large: File too large"
    assert kfp.state.runs == {}


def test_a_server_of_kfp_1_is_reported_as_too_old(tiny, capsys):
    with serving(Kfp(old=True)) as kfp:
        message = refused(capsys, kfp.url)
    assert message == "is older than KFP 2: it has the API v1beta1 alone; a PipelineSpec needs 2.0 or later"


def test_an_address_below_which_is_no_kfp_is_reported(kfp, tiny, capsys):
    message = refused(capsys, f"{kfp.url}/elsewhere")
    assert message == "has no KFP API below this address; behind Kubeflow's dashboard it is below /pipeline"
