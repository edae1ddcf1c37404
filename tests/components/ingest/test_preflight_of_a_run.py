"""What is refused before TFX is started."""

import pytest
from PIL import Image

from components.ingest.plan import check
from components.slices.errors import DataError

pytestmark = pytest.mark.numpy

PATTERN = "(?P<patient>[hn][0-9]+)_"


def folder_of(tmp_path, hemorrhage: int, normal: int):
    """A folder of one slice a patient; hemorrhage/ and normal/ have so many patients."""
    for name, number in (("hemorrhage", hemorrhage), ("normal", normal)):
        (tmp_path / "slices" / name).mkdir(parents=True)
        for patient in range(number):
            Image.new("L", (40, 40)).save(tmp_path / "slices" / name / f"{name[0]}{patient}_0.png")
    return tmp_path / "slices"


def test_a_folder_with_patients_enough_is_fine(tmp_path, params, fixed_key):
    params = params.model_copy(update={"patient_pattern": PATTERN, "key_file": str(fixed_key)})
    check(folder_of(tmp_path, 40, 40), params)


def test_too_few_patients_are_told_at_once(tmp_path, params, fixed_key):
    params = params.model_copy(update={"patient_pattern": PATTERN, "key_file": str(fixed_key)})
    with pytest.raises(DataError, match="3 splits need 3 patients of each class at least: add patients"):
        check(folder_of(tmp_path, 2, 40), params)


def test_without_patients_the_split_is_left_to_the_run_which_reads_the_images(tmp_path, params, fixed_key):
    check(folder_of(tmp_path, 2, 2), params.model_copy(update={"key_file": str(fixed_key)}))
