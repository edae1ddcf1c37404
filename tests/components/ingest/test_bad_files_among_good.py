"""Bad files beside good ones: each is listed with its reason, and the good ones come out as without it."""

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from bad_files import BROKEN, DICOMS, IMAGES, Case
from bad_files.places import loops, no_files, odd_names
from dicom_folders import write_patient
from ingested import Ingested

from components.ingest.identity import load_key, slice_id
from components.slices.dicom import bounded
from schemas.records import SliceRecord

pytestmark = pytest.mark.tfx

PATIENTS = 24
NAMES = (b"Smith", b"fifo", b"alert", b"P900", b"normal/")


@pytest.fixture
def params(params, fixed_key, monkeypatch):
    monkeypatch.setattr(bounded, "MOST_READS", 10_000)
    return params.model_copy(update={"key_file": str(fixed_key), "max_rejected_share": 1.0})


class Compared:
    """A folder read as it is, and again after bad things were put into it."""

    def __init__(self, data_dir: Path, out: Path, params) -> None:
        self._data_dir, self._out, self._params = data_dir, out, params
        self._before = Ingested(data_dir, out / "before", params)
        self._key = load_key(Path(params.key_file))

    def again(self) -> "Compared":
        self.after = Ingested(self._data_dir, self._out / "after", self._params)
        self.records = {
            record.slice_id: record for split in self.after.splits for record in self.after.records(split)
        }
        self.reasons = {row["slice_id"]: row["reason"] for row in self.after.rejections()}
        return self

    def check_good_ones(self) -> None:
        assert self.after.splits == self._before.splits
        for split in self._before.splits:
            known = set(self._before.raw(split))
            assert known
            assert [data for data in self.after.raw(split) if data in known] == self._before.raw(split)

    def record(self, path: str) -> SliceRecord | None:
        return self.records.get(slice_id(self._key, path))

    def reason(self, path: str) -> str | None:
        return self.reasons.get(slice_id(self._key, path))

    def check(self, cases: Iterable[tuple[str, Case]]) -> None:
        told = {path: (self.reason(path), self.record(path) is not None) for path, _ in cases}
        assert told == {path: (case.reason, case.reason is None) for path, case in cases}

    def check_silence(self, messages: Iterable[str]) -> None:
        written = b"".join(path.read_bytes() for path in (self._out / "after").rglob("*") if path.is_file())
        written += "\n".join(messages).encode("utf-8", "surrogateescape")
        assert [name for name in NAMES if name in written] == []


@pytest.mark.parametrize("patients_known", [True, False])
def test_images_come_out_as_if_nothing_bad_lay_beside_them(
    patients_known, data_dir, draw, tmp_path, params, caplog
):
    for patient in range(PATIENTS):
        draw(data_dir / "bleed" / f"P{patient}_1.png", 2 * patient)
        draw(data_dir / "normal" / f"P{patient}_2.png", 2 * patient + 1)
    pattern = r"(?P<patient>P\d+)_" if patients_known else ""
    params = params.model_copy(update={"patient_pattern": pattern})
    compared = Compared(data_dir, tmp_path, params)
    normal = data_dir / "normal"
    put = IMAGES if patients_known else BROKEN  # what is taken would be grouped with what looks like it
    cases = [(f"normal/P9{number:03d}_{case.name}", case) for number, case in enumerate(put)]
    for path, case in cases:
        (data_dir / path).write_bytes(case.data)
    unreadable = no_files(normal, "P80", ".png")
    loops(normal, ".png")
    odd = odd_names(normal, "P8", ".png", normal / "P0_2.png") if patients_known else []
    with caplog.at_level(logging.DEBUG):
        compared.again()
    compared.check_good_ones()
    compared.check(cases)
    assert {compared.reason(f"normal/{name}") for name in unreadable} == {"unreadable_file"}
    original = (normal / "P0_2.png").read_bytes()
    assert {getattr(compared.record(f"normal/{name}"), "image", None) for name in odd} <= {original}
    compared.check_silence(caplog.messages)


def test_dicom_slices_come_out_as_if_nothing_bad_lay_beside_them(data_dir, tmp_path, params, caplog):
    for patient in range(PATIENTS):
        write_patient(data_dir / ("bleed" if patient % 2 else "normal"), f"Q{patient}", slices=2)
    compared = Compared(data_dir, tmp_path, params)
    normal = data_dir / "normal"
    whole = normal / "Q0" / "axial" / "IM0001"
    cases = [(f"normal/{number:03d} {case.name}", case) for number, case in enumerate(DICOMS)]
    for path, case in cases:
        (data_dir / path).write_bytes(case.data)
    (normal / "A cut copy").write_bytes(whole.read_bytes()[:-1])  # of a name before the whole one's
    (normal / "Q0" / "A cut copy").write_bytes(whole.read_bytes()[:900])
    shutil.copyfile(whole, normal / "Q0" / "axial" / "a copy")
    unreadable = no_files(normal, "P80", "")
    loops(normal, ".dcm")
    with caplog.at_level(logging.DEBUG):
        compared.again()
    compared.check_good_ones()
    compared.check(cases)
    assert {compared.reason(f"normal/{name}") for name in unreadable} == {"unreadable_file"}
    assert compared.reason("normal/A cut copy") == "truncated"
    assert compared.reason("normal/Q0/A cut copy") == "truncated"
    assert compared.reason("normal/Q0/axial/a copy") == "duplicate"
    compared.check_silence(caplog.messages)


def test_dicom_files_of_odd_names_are_read(data_dir, tmp_path, params):
    for patient in range(PATIENTS):
        write_patient(data_dir / ("bleed" if patient % 2 else "normal"), f"Q{patient}", slices=1)
    (sound,) = write_patient(tmp_path / "elsewhere", "R", slices=1)
    for number, path in enumerate(odd_names(data_dir / "normal", "", ".dcm", sound)):
        (data_dir / "normal" / path).unlink()
        (one,) = write_patient(tmp_path / "elsewhere", f"R{number}", slices=1)
        shutil.move(one, data_dir / "normal" / path)
    done = Ingested(data_dir, tmp_path / "out", params)
    assert done.rejections() == []
    assert sum(len(done.raw(split)) for split in done.splits) == PATIENTS + 15
