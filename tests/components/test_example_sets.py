"""What an Examples artifact with fewer records says and holds of the whole."""

from pathlib import Path

import pytest
from tfx.types.standard_artifacts import Examples

from components.example_sets import carry_over
from schemas import features

pytestmark = pytest.mark.tfx


@pytest.fixture
def whole(tmp_path: Path) -> Examples:
    examples = Examples()
    examples.uri = str(tmp_path / "whole")
    examples.splits = ["train", "val"]
    examples.set_string_custom_property("ichor_warning", "of patients")
    examples.set_string_custom_property("input_fingerprint", "of the files")
    return examples


def fewer(tmp_path: Path) -> Examples:
    examples = Examples()
    examples.uri = str(tmp_path / "fewer")
    return examples


def test_the_statistics_of_the_train_split_come_along(whole: Examples, tmp_path: Path):
    Path(whole.uri).mkdir()
    (Path(whole.uri) / features.BASELINE_FILE).write_bytes(b"statistics")
    part = fewer(tmp_path)
    carry_over(whole, part)
    assert (Path(part.uri) / features.BASELINE_FILE).read_bytes() == b"statistics"
    assert part.splits == ["train", "val"]


def test_without_statistics_nothing_is_written(whole: Examples, tmp_path: Path):
    part = fewer(tmp_path)
    carry_over(whole, part)
    assert not Path(part.uri).exists()
    assert part.get_string_custom_property("ichor_warning") == "of patients"
    assert not part.has_custom_property("input_fingerprint")
