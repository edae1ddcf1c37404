import io

import pytest

from pipeline.terminal.console import ProgressLine

pytestmark = pytest.mark.numpy


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(stream: io.StringIO, **options: object) -> str:
    line = ProgressLine(stream, "slice {:,} of {:,}", **options)
    for done in (1, 1000, 1500, 2000, 2001):
        line(done, 2001)
    return stream.getvalue()


def test_a_terminal_sees_every_thousandth_over_the_one_before_and_nothing_at_the_end():
    lines = written(Terminal(), each=1000).split("\r\x1b[K")
    assert lines == ["", "slice 1,000 of 2,001", "slice 2,000 of 2,001", "slice 2,001 of 2,001", ""]


def test_the_last_of_a_line_that_stays_is_left_there():
    assert written(Terminal(), stays=True).endswith("\r\x1b[Kslice 2,001 of 2,001\n")


def test_what_is_no_terminal_gets_no_line():
    stream = io.StringIO()
    assert written(stream) == ""
    ProgressLine(stream).write("read the headers")
    assert stream.getvalue() == ""
