"""`ichor submit` as a test calls it."""

import pytest

from pipeline.cli import main

TOKEN = "eyJhbGciOi.secret-part.of_a_token"


def refused(capsys: pytest.CaptureFixture[str], url: str, *flags: str) -> str:
    """Returns the one line that a refused submission ends in, without the server's address."""
    assert main(["submit", "tiny.yaml", "--host", url, *flags]) == 2
    captured = capsys.readouterr()
    line = captured.err.splitlines()[-1]
    assert TOKEN not in captured.out + captured.err
    assert "Traceback" not in captured.err
    assert line.startswith(f"ichor: {url}: "), captured.err
    return line.removeprefix(f"ichor: {url}: ")
