"""Folders of DICOM phantoms."""

from pathlib import Path

import pytest
from dicom_folders import write_patient


@pytest.fixture
def two(data_dir: Path) -> Path:
    """Patients A and B, three slices each."""
    for patient in "AB":
        write_patient(data_dir, patient)
    return data_dir
