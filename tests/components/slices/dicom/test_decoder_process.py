"""Whatever a compressed frame does to its decoder, the reader goes on."""

import os
import signal
from pathlib import Path

import numpy as np
import pydicom
import pytest
from dicom_variants import VARIANTS, volume

from components.slices.dicom import decoder as decoders
from components.slices.dicom import decoder_process
from components.slices.dicom.decoder import Decoder
from components.slices.dicom.unreadable import Unreadable
from components.slices.header import Reason, Rejection

pytestmark = pytest.mark.numpy

REQUEST = {"rows": 64, "columns": 56, "bits_allocated": 16, "bits_stored": 12, "pixel_representation": 0}


@pytest.fixture
def decoder():
    made = Decoder()
    yield made
    made.stop()


def frame(name: str, folder: Path) -> tuple[bytes, str]:
    dataset = pydicom.dcmread(VARIANTS[name](folder).files[4])
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    return next(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=1)), syntax


@pytest.fixture
def lossless(tmp_path):
    return frame("jpeg_lossless", tmp_path)


def test_frames_are_decoded_one_after_the_other_by_one_process(decoder, tmp_path):
    for name in ("jpeg_lossless", "jpeg_ls", "jpeg_2000", "rle", "jpeg_lossless"):
        data, syntax = frame(name, tmp_path / name)
        hu = decoder.decode(data, syntax=syntax, **REQUEST).astype(np.float32) - 1024
        np.testing.assert_array_equal(hu, volume()[4])
    assert decoder.starts == 1


def test_a_frame_that_kills_the_decoder_is_refused_and_the_next_is_read(decoder, lossless):
    data, syntax = lossless
    # 127 bits a pixel: GDCM throws what nobody catches.
    killing = data.replace(b"\xff\xc3\x00\x0b\x10", b"\xff\xc3\x00\x0b\x7f")
    assert killing != data
    for _ in range(2):
        with pytest.raises(Unreadable) as told:
            decoder.decode(killing, syntax=syntax, **REQUEST)
        assert told.value.rejection == Rejection(Reason.CORRUPT, "its decoder breaks down")
    assert decoder.decode(data, syntax=syntax, **REQUEST).shape == (64, 56)


def test_a_decoder_that_died_between_two_frames_is_started_again(decoder, lossless):
    data, syntax = lossless
    before = decoder.decode(data, syntax=syntax, **REQUEST)
    os.kill(decoder.pid, signal.SIGSEGV)
    np.testing.assert_array_equal(decoder.decode(data, syntax=syntax, **REQUEST), before)
    assert decoder.starts == 2


def scripted(tmp_path: Path, monkeypatch, body: str) -> Decoder:
    """A decoder whose process does something else than decode."""
    script = tmp_path / "script.py"
    script.write_text(body)
    monkeypatch.setattr(decoders, "SCRIPT", script)
    return Decoder()


def test_a_frame_that_takes_too_long_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(decoders, "MOST_SECONDS", 0.2)
    decoder = scripted(tmp_path, monkeypatch, "import time\ntime.sleep(60)\n")
    with pytest.raises(Unreadable) as told:
        decoder.decode(b"x", syntax="1", **REQUEST)
    assert told.value.rejection == Rejection(Reason.CORRUPT, "decoding takes more than 0.2 s")
    assert decoder.starts == 1  # asking again would take as long again


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("b'p', 2**40, b''", "its decoder breaks down"),
        ("b'p', 5, b'<u2ab'", "its pixel data do not decode"),
        ("b'p', 64 * 56 * 4 + 3, b'<f4' + bytes(64 * 56 * 4)", "its pixel data do not decode"),
        ("b'f', 9, b'ANONYMOUS'", "its pixel data do not decode"),
    ],
)
def test_an_answer_that_cannot_be_right_is_no_picture(answer, told, tmp_path, monkeypatch):
    body = (
        "import os, struct, sys\nos.read(0, 65536)\n"
        f"letter, length, data = {answer}\n"
        "sys.stdout.buffer.write(letter + struct.pack('<Q', length) + data)\n"
        "sys.stdout.flush()\nos.read(0, 1)\n"
    )
    decoder = scripted(tmp_path, monkeypatch, body)
    with pytest.raises(Unreadable) as refused:
        decoder.decode(b"x", syntax="1", **REQUEST)
    assert refused.value.rejection == Rejection(Reason.CORRUPT, told)
    decoder.stop()


def test_a_transfer_syntax_without_a_decoder_is_told(decoder):
    with pytest.raises(Unreadable) as told:
        decoder.decode(b"x", syntax="1.2.840.10008.1.2.4.110", **REQUEST)  # JPEG XL
    assert told.value.rejection == Rejection(Reason.UNSUPPORTED_CODING, "transfer syntax")


def test_what_a_decoder_raises_is_told_by_its_type_alone(monkeypatch):
    def panic(frame, request):
        raise BaseException("Smith^John")

    monkeypatch.setattr(decoder_process, "decode", panic)
    request = {"syntax": "1.2.840.10008.1.2.5", **REQUEST}
    assert decoder_process.answer(b"", request) == (decoder_process.FAILED, b"BaseException")


def test_memory_of_the_process_is_bounded_whatever_a_frame_asks_for(decoder, tmp_path, monkeypatch):
    monkeypatch.setattr(decoders, "MOST_MEMORY", 2**29)
    data, syntax = frame("jpeg_2000", tmp_path)
    siz, cod, qcd = (data.index(marker) for marker in (b"\xff\x51", b"\xff\x52", b"\xff\x5c"))
    # In 4096 x 4096 pixels of precincts of 2 x 2 each precinct has a tree of its own: 8 GB, measured.
    side, request = 4096, REQUEST | {"rows": 4096, "columns": 4096}
    sides = side.to_bytes(4, "big") * 2
    size = data[siz : siz + 6] + sides + bytes(8) + sides + bytes(8) + data[siz + 38 : cod]
    levels = data[cod + 9]
    precincts = b"\x11" * (levels + 1)
    style = b"\xff\x52" + (13 + levels).to_bytes(2, "big") + b"\x01" + data[cod + 5 : qcd]
    with pytest.raises(Unreadable) as told:
        decoder.decode(data[:siz] + size + style + precincts + data[qcd:], syntax=syntax, **request)
    assert told.value.rejection.reason is Reason.CORRUPT
    pixels = decoder.decode(data[:siz] + size + data[cod:], syntax=syntax, **request)
    assert pixels.shape == (side, side)  # the same without them takes little
