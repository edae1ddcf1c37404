"""Objects of the same study that are no axial CT slices: a reader of slices leaves each of them out."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset

from components.phantoms.acquisition import CT_STORAGE, Geometry, Protocol, instance_uid, make_uid
from components.phantoms.companions import dose_report, localizer
from components.phantoms.dicom import header, series_datasets, set_pixels, write_files
from dicom_variants.source import GEOMETRY, PROTOCOL, STUDY, volume

LEFT_OUT: dict[str, Callable[[Path], Path]] = {}


def _enter(function: Callable[[Path], Path]) -> Callable[[Path], Path]:
    LEFT_OUT[function.__name__] = function
    return function


def _protocol(number: int, description: str, image_type: tuple[str, ...]) -> Protocol:
    return Protocol(
        uid=make_uid("left out", number), number=number, description=description, image_type=image_type
    )


def _file_of(folder: Path, dataset: Dataset) -> Path:
    (path,) = write_files(folder, [dataset], uid.ExplicitVRLittleEndian)
    return path


def _picture(folder: Path, hu: np.ndarray, geometry: Geometry, protocol: Protocol, **changes: object) -> Path:
    (dataset,) = series_datasets(hu, geometry, STUDY, protocol)
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    if "SOPClassUID" in changes:
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    return _file_of(folder, dataset)


@_enter
def scout(folder: Path) -> Path:
    """A localizer: the head from its side, ImageType LOCALIZER."""
    picture, geometry = localizer(volume(), GEOMETRY)
    return _picture(folder, picture, geometry, _protocol(11, "SCOUT", ("ORIGINAL", "PRIMARY", "LOCALIZER")))


@_enter
def dose_sr(folder: Path) -> Path:
    """A radiation dose report as text: no pixels at all."""
    return _file_of(folder, dose_report(STUDY, _protocol(12, "DOSE REPORT", ()), 812.5))


@_enter
def dose_screen(folder: Path) -> Path:
    """A dose report as a picture: Secondary Capture of modality CT, no place in the patient."""
    protocol = _protocol(13, "DOSE SCREEN", ("DERIVED", "SECONDARY", "SCREEN SAVE"))
    d = header(uid.SecondaryCaptureImageStorage, instance_uid(protocol.uid, 0), STUDY, protocol, 1)
    d.ImageType, d.ConversionType = list(protocol.image_type), "WSD"
    d.SamplesPerPixel, d.PhotometricInterpretation, d.Rows, d.Columns = 1, "MONOCHROME2", 64, 56
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 8, 8, 7, 0
    text = np.zeros((64, 56), np.uint8)
    text[8:60:6, 5:50] = 255
    d.add_new("PixelData", "OB", text.tobytes())
    return _file_of(folder, d)


@_enter
def colour_rendering(folder: Path) -> Path:
    """A rendering of the head in three dimensions, RGB, stored as a CT image."""
    protocol = _protocol(14, "3D", ("DERIVED", "SECONDARY", "VOLREN"))
    (d,) = series_datasets(volume()[:1], GEOMETRY, STUDY, protocol)
    d.SamplesPerPixel, d.PhotometricInterpretation, d.PlanarConfiguration = 3, "RGB", 0
    d.BitsAllocated, d.BitsStored, d.HighBit = 8, 8, 7
    d.add_new("PixelData", "OB", bytes(64 * 56 * 3))
    return _file_of(folder, d)


@_enter
def coronal_reformat(folder: Path) -> Path:
    """A coronal cut computed from the axial slices."""
    protocol = _protocol(15, "CORONAL MPR", ("DERIVED", "SECONDARY", "REFORMATTED"))
    geometry = Geometry((20.0, 3.5), 3.5, (-96.0, 0.0, 108.75), column=(0.0, 0.0, -1.0))
    return _picture(folder, volume()[::-1, 32][None], geometry, protocol)


@_enter
def coronal_said_to_be_axial(folder: Path) -> Path:
    """A coronal cut whose ImageType says AXIAL: only its orientation shows it."""
    protocol = _protocol(16, "CORONAL", ("ORIGINAL", "PRIMARY", "AXIAL"))
    geometry = Geometry((20.0, 3.5), 3.5, (-96.0, 0.0, 108.75), column=(0.0, 0.0, -1.0))
    return _picture(folder, volume()[::-1, 32][None], geometry, protocol)


@_enter
def derived_axial(folder: Path) -> Path:
    """An axial slice that is the mean of several."""
    protocol = _protocol(17, "THICK AVERAGE", ("DERIVED", "SECONDARY", "AXIAL", "AVERAGE"))
    return _picture(folder, volume()[2:5].mean(axis=0)[None], GEOMETRY, protocol)


@_enter
def magnetic_resonance(folder: Path) -> Path:
    """An axial slice of an MR scanner."""
    protocol = _protocol(18, "T1", ("ORIGINAL", "PRIMARY", "AXIAL"))
    return _picture(folder, volume()[3:4], GEOMETRY, protocol, SOPClassUID=uid.MRImageStorage, Modality="MR")


@_enter
def presentation_state(folder: Path) -> Path:
    """How somebody wants slices to be shown: modality PR, no pixels."""
    protocol = _protocol(19, "PRESENTATION", ())
    d = header(
        uid.GrayscaleSoftcopyPresentationStateStorage, instance_uid(protocol.uid, 0), STUDY, protocol, 1
    )
    d.Modality, d.ContentLabel, d.PresentationCreationDate = "PR", "KEY IMAGES", "20000101"
    return _file_of(folder, d)


@_enter
def pdf(folder: Path) -> Path:
    """A report as PDF inside a DICOM file: modality DOC."""
    protocol = _protocol(20, "REPORT", ())
    d = header(uid.EncapsulatedPDFStorage, instance_uid(protocol.uid, 0), STUDY, protocol, 1)
    d.Modality, d.MIMETypeOfEncapsulatedDocument = "DOC", "application/pdf"
    d.EncapsulatedDocument = b"%PDF-1.4\n%%EOF\n\x00"
    return _file_of(folder, d)


@_enter
def no_pixels(folder: Path) -> Path:
    """One more slice of the axial series, above the others, whose pixels were taken away."""
    number = len(volume())
    (d,) = series_datasets(
        volume()[:1], dataclasses.replace(GEOMETRY, origin=tuple(GEOMETRY.position(number))), STUDY, PROTOCOL
    )
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = instance_uid(PROTOCOL.uid, number)
    d.InstanceNumber = number + 1
    del d.PixelData
    return _file_of(folder, d)


@_enter
def perfusion_map(folder: Path) -> Path:
    """Blood flow in colours of grey: modality CT, but no HU (RescaleType US)."""
    protocol = _protocol(21, "CBF", ("DERIVED", "SECONDARY", "AXIAL", "CBF"))
    (dataset,) = series_datasets(volume()[3:4], GEOMETRY, STUDY, protocol)
    set_pixels(dataset, np.abs(CT_STORAGE.to_stored(volume()[3])) // 40, CT_STORAGE)
    dataset.RescaleType, dataset.RescaleIntercept = "US", "0"
    return _file_of(folder, dataset)
