"""CT series as DICOM files: a file a slice, with all that the CT Image IOD requires (PS3.3 A.3)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian
from pydicom.valuerep import DSfloat

from components.phantoms.acquisition import (
    CT_STORAGE,
    Geometry,
    Protocol,
    Storage,
    Study,
    instance_uid,
    make_uid,
)

SEXES = {"female": "F", "male": "M"}
DATE, TIME = "20000101", "120000"  # phantoms are never scanned


def series_datasets(
    hu: npt.NDArray[np.floating],
    geometry: Geometry,
    study: Study,
    protocol: Protocol,
    storage: Storage = CT_STORAGE,
) -> list[Dataset]:
    """Returns the data set of each slice, little endian, as yet uncompressed.

    Args:
      hu: (slices, rows, columns), HU.
      geometry: Where it lies.
      study: Whose it is.
      protocol: What kind of series it is.
      storage: How HU become integers, which are rounded.
    Raises:
      ValueError: HU do not fit the storage.
    """
    made = []
    for index, stored in enumerate(storage.to_stored(hu)):
        dataset = header(CTImageStorage, instance_uid(protocol.uid, index), study, protocol, index + 1)
        describe_image(dataset, study, protocol)
        place_image(dataset, geometry, index)
        set_pixels(dataset, stored, storage)
        made.append(dataset)
    return made


def header(sop_class: str, uid: str, study: Study, protocol: Protocol, number: int) -> Dataset:
    """Returns what every object of a study says: patient, study, series, equipment, instance.

    Args:
      sop_class: UID of what kind of object it is.
      uid: SOPInstanceUID.
      study: Whose it is.
      protocol: Of its series.
      number: InstanceNumber.
    """
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID = UID(sop_class)
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID = UID(uid)
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.file_meta.ImplementationClassUID = UID(make_uid("implementation"))
    d.file_meta.ImplementationVersionName = "ICHOR_PHANTOMS"
    d.SpecificCharacterSet = "ISO_IR 192"
    d.PatientName, d.PatientID, d.PatientBirthDate = study.name, study.patient, ""
    d.PatientSex, d.PatientAge = SEXES.get(study.sex, ""), f"{study.age:03d}Y"
    d.StudyInstanceUID, d.StudyID, d.AccessionNumber = study.uid, str(study.number), f"PHANTOM{study.number}"
    d.StudyDate = d.SeriesDate = d.ContentDate = DATE
    d.StudyTime = d.SeriesTime = d.ContentTime = TIME
    d.ReferringPhysicianName, d.StudyDescription = "", "CT HEAD PHANTOM"
    d.Modality, d.SeriesInstanceUID, d.SeriesNumber = "CT", protocol.uid, protocol.number
    d.SeriesDescription, d.InstanceNumber = protocol.description, number
    d.Manufacturer, d.ManufacturerModelName = "ichor", "phantom"
    return d


def describe_image(dataset: Dataset, study: Study, protocol: Protocol) -> None:
    """Sets what an image of a head by CT says, but for its place and its pixels."""
    dataset.ImageType = list(protocol.image_type)
    dataset.BodyPartExamined, dataset.PatientPosition = "HEAD", "HFS"
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = study.frame, ""
    dataset.AcquisitionNumber, dataset.AcquisitionDate, dataset.AcquisitionTime = 1, DATE, TIME
    dataset.KVP, dataset.ConvolutionKernel = "120", protocol.kernel
    dataset.WindowCenter = [as_ds(window.centre) for window in protocol.windows]
    dataset.WindowWidth = [as_ds(window.width) for window in protocol.windows]
    dataset.BurnedInAnnotation = "NO"


def place_image(dataset: Dataset, geometry: Geometry, index: int) -> None:
    """Sets where a slice, counted from 0, lies."""
    position = geometry.position(index)
    dataset.PixelSpacing = [as_ds(mm) for mm in geometry.spacing]
    dataset.SliceThickness = as_ds(geometry.thickness)
    dataset.ImageOrientationPatient = [as_ds(cosine) for cosine in (*geometry.row, *geometry.column)]
    dataset.ImagePositionPatient = [as_ds(mm) for mm in position]
    dataset.SliceLocation = as_ds(float(position @ geometry.normal))


def set_pixels(dataset: Dataset, stored: npt.NDArray[np.integer], storage: Storage) -> None:
    """Sets pixels and how they are read.

    Args:
      dataset: Of a CT image; changed.
      stored: Integers within the storage's bits, (rows, columns) or (frames, rows, columns).
      storage: Bits, sign, and how HU come of stored values.
    """
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = stored.shape[-2:]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, storage.bits, storage.bits - 1
    dataset.PixelRepresentation = int(storage.signed)
    dataset.RescaleSlope, dataset.RescaleIntercept = as_ds(storage.slope), as_ds(storage.intercept)
    dataset.RescaleType = "HU"
    dataset.add_new("PixelData", "OW", stored.astype("<i2" if storage.signed else "<u2").tobytes())


def as_ds(number: float) -> DSfloat:
    """Returns a number as DICOM's decimal text: 10 digits, so that it keeps within 16 characters."""
    return DSfloat(f"{number + 0.0:.10g}")  # + 0.0: no -0


def write_series(
    folder: Path,
    hu: npt.NDArray[np.floating],
    geometry: Geometry,
    study: Study,
    protocol: Protocol,
    storage: Storage = CT_STORAGE,
    transfer_syntax: str = ExplicitVRLittleEndian,
) -> list[Path]:
    """Writes a series as IM0001, IM0002, ...

    Args:
      folder: To write to; made where it is not there.
      hu: (slices, rows, columns), HU.
      geometry: Where the slices lie.
      study: Whose they are.
      protocol: Of the series.
      storage: Bits, sign, and how HU come of stored values.
      transfer_syntax: UID of the coding.
    Returns:
      The files, the first slice first.
    Raises:
      ValueError: HU do not fit the storage.
      NotImplementedError: pydicom cannot encode the transfer syntax.
    """
    return write_files(folder, series_datasets(hu, geometry, study, protocol, storage), transfer_syntax)


def write_files(folder: Path, datasets: Sequence[Dataset], transfer_syntax: str) -> list[Path]:
    """Writes data sets, uncompressed little endian so far, as IM0001, IM0002, ... in their order.

    A data set is changed by it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"IM{number:04d}" for number in range(1, len(datasets) + 1)]
    for path, dataset in zip(paths, datasets, strict=True):
        _encode(dataset, UID(transfer_syntax))
        dataset.save_as(path, enforce_file_format=True)
    return paths


def _encode(dataset: Dataset, transfer_syntax: UID) -> None:
    if transfer_syntax.is_compressed and not transfer_syntax.is_deflated:
        dataset.compress(transfer_syntax, generate_instance_uid=False)
        return
    dataset.file_meta.TransferSyntaxUID = transfer_syntax
    if not transfer_syntax.is_little_endian and "PixelData" in dataset and dataset.BitsAllocated == 16:
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
