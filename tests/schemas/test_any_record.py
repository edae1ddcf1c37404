"""Any record that keeps to the contract survives its way through a `tf.train.Example`; no other is made."""

import dataclasses
import math
import struct

import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas import features as f
from schemas.records import SliceRecord

pytestmark = pytest.mark.tf

SETTINGS = settings(max_examples=200, deadline=None, derandomize=True, database=None)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
WINDOW = st.builds("{:g}/{:g}".format, st.floats(-2000, 4000), st.floats(1, 5000))


@st.composite
def records(draw) -> SliceRecord:
    channels = draw(st.integers(1, 4))
    windows = draw(st.one_of(st.just([]), st.lists(WINDOW, min_size=channels, max_size=channels)))
    names = draw(st.sampled_from([(), f.MEASURES, (*f.MEASURES, *f.HU_MEASURES)]))
    return SliceRecord(
        image=draw(st.binary(min_size=1, max_size=50)),
        image_format=draw(st.sampled_from(f.IMAGE_FORMATS)),
        height=draw(st.integers(1, 2**63 - 1)),
        width=draw(st.integers(1, 2**63 - 1)),
        channels=channels,
        bit_depth=draw(st.sampled_from([8, 16])),
        hemorrhage=draw(st.integers(0, 1)),
        slice_id=draw(TEXT),
        patient_id=draw(TEXT),
        split_key=draw(TEXT),
        slice_index=draw(st.one_of(st.none(), INT64)),
        attributes=tuple(draw(st.lists(TEXT, max_size=4))),
        windows=" ".join(windows),
        measures={name: draw(FLOATS) for name in names},
    )


@SETTINGS
@given(records())
def test_a_record_comes_back_from_its_example_as_it_was(record):
    data = record.to_example().SerializeToString(deterministic=True)
    back = SliceRecord.from_example(tf.train.Example.FromString(data))
    assert back == record
    assert back.to_example().SerializeToString(deterministic=True) == data


def sound() -> SliceRecord:
    return SliceRecord(b"x", "png", 1, 1, 3, 8, 0, "s", "p", "k", windows=f.WINDOWS_EXAMPLE)


WRONG = {
    "image": st.just(b""),
    "image_format": TEXT.filter(lambda text: text not in f.IMAGE_FORMATS),
    "height": st.one_of(st.integers(max_value=0), st.integers(min_value=2**63)),
    "width": st.one_of(st.integers(max_value=0), st.integers(min_value=2**63)),
    "channels": st.one_of(st.integers(max_value=0), st.integers(min_value=5)),
    "bit_depth": st.integers().filter(lambda number: number not in (8, 16)),
    "hemorrhage": st.integers().filter(lambda number: number not in (0, 1)),
    "slice_id": st.sampled_from(["", "\ud800"]),
    "patient_id": st.sampled_from(["", "a\udfff"]),
    "split_key": st.sampled_from(["", "\udc80"]),
    "slice_index": st.one_of(st.integers(max_value=-(2**63) - 1), st.integers(min_value=2**63)),
    "attributes": st.sampled_from([("",), ("sex=F", "\ud800=1")]),
    "windows": st.one_of(
        st.text("0123456789/. -+enaif", min_size=1, max_size=12).filter(lambda text: text.count("/") != 3),
        st.sampled_from(["40/80", "40/80 80/200 600/0", "40/80 80/200 600/-1", "nan/80 80/200 600/2800",
                         "40/inf 80/200 600/2800", "40/80 80/200 600/2800/1", "40/80 80/200 6OO/2800"]),
    ),
}  # fmt: skip


@SETTINGS
@given(st.sampled_from(sorted(WRONG)), st.data())
def test_a_field_that_does_not_keep_to_the_contract_is_named(name, data):
    value = data.draw(WRONG[name])
    column = {"hemorrhage": f.LABEL}.get(name, name)
    with pytest.raises(ValueError, match=rf"^slice .*: {column} must be "):
        dataclasses.replace(sound(), **{name: value})


@SETTINGS
@given(st.sampled_from(f.MEASURES), st.sampled_from([math.nan, math.inf, -math.inf, 1e39]))
def test_a_measure_that_is_no_number_is_named(name, value):
    measures = dict.fromkeys(f.MEASURES, 0.5) | {name: value}
    with pytest.raises(ValueError, match=f": {name} must be a finite number of 32 bits, got "):
        dataclasses.replace(sound(), measures=measures)


@SETTINGS
@given(st.sets(st.sampled_from(f.MEASURES), min_size=1, max_size=len(f.MEASURES) - 1))
def test_some_measures_are_not_enough(names):
    with pytest.raises(ValueError, match="measures must be "):
        dataclasses.replace(sound(), measures=dict.fromkeys(names, 0.5))


@SETTINGS
@given(st.binary(max_size=200))
@example(b"")
def test_any_bytes_are_a_record_or_a_value_error(data):
    try:
        parsed = tf.train.Example.FromString(data)
    except Exception as error:  # protobuf's own
        assert type(error).__name__ == "DecodeError"  # noqa: PT017
        return
    with pytest.raises(ValueError, match="column image: expected one value in bytes_list, got 0"):
        SliceRecord.from_example(parsed)


@pytest.mark.parametrize(
    "name", [f.IMAGE_FORMAT, f.SLICE_ID, f.PATIENT_ID, f.SPLIT_KEY, f.WINDOWS, f.ATTRIBUTES]
)
def test_text_that_is_no_utf_8_is_named(name):
    columns = dataclasses.replace(sound(), attributes=("a=b",)).to_example()
    columns.features.feature[name].bytes_list.value[0] = b"\xff"
    with pytest.raises(ValueError, match=f"^column {name}: is not UTF-8 text \\(byte 0\\)$"):
        SliceRecord.from_example(columns)


@pytest.mark.parametrize("name", [f.IMAGE, f.HEIGHT, f.LABEL, f.SLICE_ID])
def test_a_column_of_another_type_or_number_of_values_is_named(name):
    columns = sound().to_example()
    columns.features.feature[name].Clear()
    columns.features.feature[name].float_list.value.append(struct.unpack("<f", b"\0\0\x80?")[0])
    with pytest.raises(ValueError, match=f"^column {name}: expected one value in (bytes|int64)_list, got 0$"):
        SliceRecord.from_example(columns)
