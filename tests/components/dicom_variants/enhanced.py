"""One series as an Enhanced CT Image: all slices as frames of one file, PS3.3 A.38."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from components.phantoms.acquisition import CT_STORAGE, instance_uid, make_uid
from components.phantoms.dicom import DATE, TIME, as_ds, describe_image, header, set_pixels, write_files
from dicom_variants.source import GEOMETRY, PROTOCOL, STUDY, Made, variant, volume

VOLUME = ("ORIGINAL", "PRIMARY", "VOLUME", "NONE")


def _item(**attributes: object) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def _group(**attributes: object) -> Items:
    return Items([_item(**attributes)])


def _values(slope: float, intercept: float) -> Items:
    return _group(RescaleIntercept=as_ds(intercept), RescaleSlope=as_ds(slope), RescaleType="HU")


def _frame(index: int, order: int, rescale: tuple[float, float] | None) -> Dataset:
    """Functional groups of the frame that shows a slice and stands at a place of the stack."""
    frame = _item(
        FrameContentSequence=_group(
            StackID="1",
            InStackPositionNumber=index + 1,
            DimensionIndexValues=[1, index + 1],
            FrameAcquisitionNumber=order + 1,
            FrameReferenceDateTime=DATE + TIME,
            FrameAcquisitionDateTime=DATE + TIME,
            FrameAcquisitionDuration=1.0,
        ),
        PlanePositionSequence=_group(ImagePositionPatient=[as_ds(mm) for mm in GEOMETRY.position(index)]),
    )
    if rescale is not None:
        frame.PixelValueTransformationSequence = _values(*rescale)
    return frame


def enhanced_dataset(order: Sequence[int], rescales: Sequence[tuple[float, float]] | None = None) -> Dataset:
    """Returns all slices as frames.

    Args:
      order: Index of the slice that each frame shows.
      rescales: Slope and intercept of each frame; None: the usual ones, in the shared groups.
    """
    d = header(uid.EnhancedCTImageStorage, instance_uid(PROTOCOL.uid, 0), STUDY, PROTOCOL, 1)
    describe_image(d, STUDY, PROTOCOL)
    kernel = d.ConvolutionKernel
    used = rescales or [(CT_STORAGE.slope, CT_STORAGE.intercept)] * len(order)
    frames = [
        np.rint((volume()[index] - intercept) / slope).astype(np.int32)
        for index, (slope, intercept) in zip(order, used, strict=True)
    ]
    set_pixels(d, np.stack(frames), CT_STORAGE)
    # What every frame has of its own, or shares, stands in functional groups alone.
    for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType", "WindowCenter", "WindowWidth", "KVP",
                    "ConvolutionKernel", "AcquisitionDate", "AcquisitionTime"):  # fmt: skip
        delattr(d, keyword)
    kind = {
        "PixelPresentation": "MONOCHROME",
        "VolumetricProperties": "VOLUME",
        "VolumeBasedCalculationTechnique": "NONE",
    }
    d.ImageType, d.NumberOfFrames = list(VOLUME), len(order)
    for keyword, value in kind.items():
        setattr(d, keyword, value)
    d.AcquisitionDateTime, d.AcquisitionDuration, d.ContentQualification = DATE + TIME, 8.0, "PRODUCT"
    d.LossyImageCompression, d.PresentationLUTShape = "00", "IDENTITY"
    d.DeviceSerialNumber, d.SoftwareVersions = "0", "0"
    d.AcquisitionContextSequence = Items([])
    organisation = make_uid("variants", "dimensions")
    d.DimensionOrganizationSequence = _group(DimensionOrganizationUID=organisation)
    d.DimensionIndexSequence = Items(
        [
            _item(DimensionIndexPointer=pointer, FunctionalGroupPointer=0x00209111,
                  DimensionOrganizationUID=organisation)
            for pointer in (0x00209056, 0x00209057)
        ]
    )  # fmt: skip
    shared = _item(
        CTImageFrameTypeSequence=_group(FrameType=list(VOLUME), **kind),
        PixelMeasuresSequence=_group(
            PixelSpacing=[as_ds(mm) for mm in GEOMETRY.spacing], SliceThickness=as_ds(GEOMETRY.thickness)
        ),
        PlaneOrientationSequence=_group(
            ImageOrientationPatient=[as_ds(cosine) for cosine in (*GEOMETRY.row, *GEOMETRY.column)]
        ),
        FrameAnatomySequence=_group(
            FrameLaterality="U",
            AnatomicRegionSequence=_group(
                CodeValue="69536005", CodingSchemeDesignator="SCT", CodeMeaning="Head"
            ),
        ),
        FrameVOILUTSequence=_group(WindowCenter=as_ds(40), WindowWidth=as_ds(80)),
        CTReconstructionSequence=_group(ConvolutionKernel=kernel, ReconstructionAlgorithm="FILTER_BACK_PROJ"),
        CTXRayDetailsSequence=_group(KVP=as_ds(120)),
    )
    if rescales is None:
        shared.PixelValueTransformationSequence = _values(CT_STORAGE.slope, CT_STORAGE.intercept)
    d.SharedFunctionalGroupsSequence = Items([shared])
    d.PerFrameFunctionalGroupsSequence = Items(
        [_frame(index, place, rescales[place] if rescales else None) for place, index in enumerate(order)]
    )
    return d


def _made(
    folder: Path, dataset: Dataset, syntax: str = uid.ExplicitVRLittleEndian, tolerance: float = 0
) -> Made:
    return Made(files=tuple(write_files(folder, [dataset], syntax)), hu=volume(), tolerance=tolerance)


@variant
def enhanced(folder: Path) -> Made:
    """Frames in the order of slices, one rescale shared by all."""
    return _made(folder, enhanced_dataset(range(len(volume()))))


@variant
def enhanced_shuffled(folder: Path) -> Made:
    """Frames in no order, each with a rescale of its own: only the frames' positions are right."""
    rescales = [(1.0 + place % 2, -1024.0 - place) for place in range(len(volume()))]
    return _made(folder, enhanced_dataset((4, 0, 7, 2, 6, 1, 3, 5), rescales), tolerance=1)


@variant
def enhanced_jpeg_ls(folder: Path) -> Made:
    """Compressed frames."""
    return _made(folder, enhanced_dataset(range(len(volume()))), uid.JPEGLSLossless)


@variant
def enhanced_rle_from_the_head(folder: Path) -> Made:
    """Compressed frames from the head to the neck."""
    return _made(folder, enhanced_dataset(range(len(volume()))[::-1]), uid.RLELossless)
