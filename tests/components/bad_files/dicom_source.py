"""A sound CT slice as a DICOM file, to be broken: each is the only slice of a patient of its own."""

import dataclasses
import io
import struct
import warnings
from collections.abc import Callable

from dicom_variants import GEOMETRY, PROTOCOL, STUDY, volume
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from components.phantoms.acquisition import make_uid
from components.phantoms.dicom import series_datasets

SLICE = 4  # of the phantom: it shows brain


def slice_of(patient: str) -> Dataset:
    """A sound slice, uncompressed."""
    study = dataclasses.replace(STUDY, uid=make_uid("bad", patient), patient=patient, name=f"Smith^{patient}")
    protocol = dataclasses.replace(PROTOCOL, uid=make_uid("bad", patient, "series"))
    (dataset,) = series_datasets(volume()[SLICE : SLICE + 1], GEOMETRY, study, protocol)
    return dataset


def saved(dataset: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """A data set as a file."""
    if UID(syntax).is_compressed and not UID(syntax).is_deflated:
        dataset.compress(syntax, generate_instance_uid=False)
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    return saved_as_it_is(dataset)


def saved_as_it_is(dataset: Dataset) -> bytes:
    """A data set whose pixels are coded already."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values that are meant to be wrong
        dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def said_to_be(syntax: str, whole: bytes) -> bytes:
    """A file whose meta information names another transfer syntax than it is of."""
    at = whole.index(b"\x02\x00\x10\x00UI")
    (length,) = struct.unpack_from("<H", whole, at + 6)
    name = syntax.encode() + b"\0" * (len(syntax) % 2)
    element = whole[at : at + 6] + struct.pack("<H", len(name)) + name
    of_group = struct.unpack_from("<I", whole, 140)[0] + len(name) - length
    return whole[:140] + struct.pack("<I", of_group) + whole[144:at] + element + whole[at + 8 + length :]


def changed(patient: str, change: Callable[[Dataset], object], syntax: str = ExplicitVRLittleEndian) -> bytes:
    """A slice as a file, with a change made to it before."""
    dataset = slice_of(patient)
    change(dataset)
    return saved(dataset, syntax)
