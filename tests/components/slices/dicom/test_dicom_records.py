"""What SliceExampleGen makes of a folder of DICOM files."""

import numpy as np
import pytest
from dicom_folders import sop_uid, table, write_patient
from dicom_variants import VARIANTS, volume
from ingested import Ingested

from components.imaging import windows
from components.imaging.decode import decode_channels
from components.ingest.identity import locate
from components.slices.header import Reason

pytestmark = pytest.mark.tfx

PATIENTS = [f"P{number}" for number in range(20)]


@pytest.fixture
def params(params, fixed_key):
    return params.model_copy(update={"key_file": str(fixed_key)})


@pytest.fixture
def folder(data_dir):
    labels = {}
    for patient in PATIENTS:
        write_patient(data_dir, patient, slices=2)
        labels |= {sop_uid(patient, index): index for index in range(2)}
    table(data_dir, "SOPInstanceUID", labels)
    return data_dir


def test_a_record_holds_three_windows_of_the_hu_and_says_which(folder, tmp_path, params):
    done = Ingested(folder, tmp_path / "out", params)
    records = [record for split in done.splits for record in done.records(split)]
    assert len(records) == 2 * len(PATIENTS)
    assert {(r.windows, r.channels, r.bit_depth, r.image_format) for r in records} == {
        ("40/80 80/200 600/2800", 3, 8, "png")
    }
    shown = windows.parse(params.windows)
    for record in records:
        hu = volume()[2 + record.hemorrhage]
        np.testing.assert_array_equal(decode_channels(record.image, 3), windows.to_channels(hu, shown))
        assert record.slice_index == record.hemorrhage


def test_files_not_to_be_read_are_listed_and_do_not_count_as_unreadable(folder, tmp_path, params):
    write_patient(folder, "Q", change=lambda dataset: setattr(dataset, "Modality", "MR"))
    (folder / "truncated.dcm").write_bytes((folder / "P0" / "axial" / "IM0001").read_bytes()[:700])
    done = Ingested(folder, tmp_path / "out", params)
    assert (done.summary["found"], done.summary["read"]) == (41, 40)
    assert done.summary["rejected"] == {Reason.TRUNCATED: 1}
    assert done.summary["not_to_be_read"] == {Reason.NOT_A_CT_IMAGE: 3}
    assert len(done.rejections()) == 4
    found = locate(folder, params, [row["slice_id"] for row in done.rejections()])
    assert sorted(found.values()) == ["Q/axial/IM0001", "Q/axial/IM0002", "Q/axial/IM0003", "truncated.dcm"]


def test_a_slice_whose_pixels_do_not_decode_is_rejected_and_the_others_are_read(folder, tmp_path, params):
    file = folder / "P0" / "axial" / "IM0001"
    file.write_bytes(file.read_bytes()[:-100])
    done = Ingested(folder, tmp_path / "out", params)
    assert done.summary["rejected"] == {Reason.TRUNCATED: 1}
    assert sum(len(done.records(split)) for split in done.splits) == 2 * len(PATIENTS) - 1


def test_frames_of_one_file_become_slices_of_one_patient_that_can_be_located(folder, tmp_path, params):
    VARIANTS["enhanced_shuffled"](folder / "Q")
    with (folder / "labels.csv").open("a") as rows:
        import pydicom

        rows.write(f"{pydicom.dcmread(folder / 'Q' / 'IM0001').SOPInstanceUID},1\n")
    done = Ingested(folder, tmp_path / "out", params)
    records = [record for split in done.splits for record in done.records(split)]
    frames = [
        record
        for record in records
        if record.slice_index > 1 or (record.hemorrhage and record.slice_index == 0)
    ]
    assert len(records) == 2 * len(PATIENTS) + 8
    assert len({record.patient_id for record in frames}) == 1
    located = locate(folder, params, [record.slice_id for record in frames])
    assert {name.split("#")[0] for name in located.values()} == {"Q/IM0001"}
    assert len(set(located.values())) == len(frames) == 7
