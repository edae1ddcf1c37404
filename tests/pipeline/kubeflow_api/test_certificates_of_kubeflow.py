import warnings

import pytest

from pipeline.cli import main
from tests.kubeflow_api.calls import refused
from tests.kubeflow_api.certificates import authority_and_server
from tests.kubeflow_api.server import Kfp, serving

pytestmark = pytest.mark.numpy


def test_a_certificate_is_checked_with_the_authority_that_was_named(tiny, tmp_path, capsys):
    authority, tls = authority_and_server(tmp_path)
    with serving(Kfp(), tls) as kfp:
        assert main(["submit", tiny, "--host", kfp.url, "--ca-cert", str(authority)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert f"{kfp.url}/#/runs/details/" in captured.out


def test_a_certificate_of_an_unknown_authority_is_refused(tiny, tmp_path, capsys):
    _, tls = authority_and_server(tmp_path)
    with serving(Kfp(), tls) as kfp:
        message = refused(capsys, kfp.url)
    assert message == (
        "its certificate cannot be trusted (unable to get local issuer certificate); "
        "give the authority's with --ca-cert FILE"
    )
    assert kfp.calls == []


def test_a_certificate_for_another_name_is_refused(tiny, tmp_path, capsys):
    authority, tls = authority_and_server(tmp_path, "other.example")
    with serving(Kfp(), tls) as kfp:
        message = refused(capsys, kfp.url, "--ca-cert", str(authority))
    assert message == (
        "its certificate is for another name than the address has "
        "(Hostname mismatch, certificate is not valid for 'localhost'.)"
    )


def test_a_certificate_is_not_checked_if_so_set_and_one_line_warns(tiny, tmp_path, capsys):
    _, tls = authority_and_server(tmp_path)
    with serving(Kfp(), tls) as kfp, warnings.catch_warnings(record=True) as of_urllib3:
        warnings.simplefilter("always")
        assert main(["submit", tiny, "--host", kfp.url, "--no-verify"]) == 0
    assert capsys.readouterr().err == (
        "ichor: warning: --no-verify: the server's certificate is not checked; whoever sits in between can "
        "read the token and change the pipeline\n"
    )
    assert of_urllib3 == []  # which would warn at each request


def test_tls_to_a_server_without_it_is_reported(kfp, tiny, capsys):
    url = kfp.url.replace("http:", "https:")
    assert refused(capsys, url) == "does not speak TLS; is it http:// instead of https://?"
