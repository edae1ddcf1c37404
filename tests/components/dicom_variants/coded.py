"""One series in each transfer syntax."""

from pathlib import Path

import gdcm
import numpy as np
import pydicom
from pydicom import uid

from dicom_variants.source import Made, Variant, datasets, variant, volume, write


def _by_pydicom(name: str, syntax: str) -> None:
    def made(folder: Path) -> Made:
        return write(folder, datasets(), syntax)

    made.__name__ = name
    variant(made)


_by_pydicom("explicit_little_endian", uid.ExplicitVRLittleEndian)
_by_pydicom("implicit_little_endian", uid.ImplicitVRLittleEndian)
_by_pydicom("deflated", uid.DeflatedExplicitVRLittleEndian)
_by_pydicom("big_endian", uid.ExplicitVRBigEndian)
_by_pydicom("rle", uid.RLELossless)
_by_pydicom("jpeg_ls", uid.JPEGLSLossless)
_by_pydicom("jpeg_2000", uid.JPEG2000Lossless)


def _lossy(folder: Path, syntax: str, tolerance: float, **options: object) -> Made:
    made = datasets()
    for dataset in made:
        dataset.compress(syntax, generate_instance_uid=False, **options)
        dataset.LossyImageCompression = "01"
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"IM{number:04d}" for number in range(1, len(made) + 1))
    for path, dataset in zip(files, made, strict=True):
        dataset.save_as(path, enforce_file_format=True)
    return Made(files=files, hu=volume(), tolerance=tolerance)


@variant
def jpeg_ls_near_lossless(folder: Path) -> Made:
    """JPEG-LS with an error of at most 2."""
    return _lossy(folder, uid.JPEGLSNearLossless, 2, jls_error=2)


@variant
def jpeg_2000_lossy(folder: Path) -> Made:
    """JPEG 2000 with loss."""
    return _lossy(folder, uid.JPEG2000, 30, j2k_psnr=[60])


def _recode(source: Path, syntax: int, quality: int | None = None) -> None:
    """Rewrites a file with GDCM's codec; with a quality, with loss."""
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    change.SetInput(reader.GetImage())
    codec = gdcm.JPEGCodec()
    if quality is not None:
        codec.SetLossless(False)
        codec.SetQuality(quality)
        change.SetUserCodec(codec)
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(source))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


def _by_gdcm(name: str, syntax: int, quality: int | None = None, tolerance: float = 0) -> Variant:
    def made(folder: Path) -> Made:
        written = write(folder, datasets())
        for file in written.files:
            _recode(file, syntax, quality)
        return Made(files=written.files, hu=volume(), tolerance=tolerance)

    made.__name__ = name
    return variant(made)


_by_gdcm("jpeg_lossless_process_14", gdcm.TransferSyntax.JPEGLosslessProcess14)
_by_gdcm("jpeg_lossless", gdcm.TransferSyntax.JPEGLosslessProcess14_1)
# pydicom refuses to decode 12-bit JPEG Extended; GDCM's own reader does it.
_by_gdcm("jpeg_extended_12_bit", gdcm.TransferSyntax.JPEGExtendedProcess2_4, quality=100, tolerance=4)


@variant
def jpeg_baseline_8_bit(folder: Path) -> Made:
    """8 bits, in steps of 10 HU from -1050, with loss: no CT by the book, but seen."""
    made = datasets()
    for dataset, hu in zip(made, volume(), strict=True):
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        dataset.RescaleSlope, dataset.RescaleIntercept = "10", "-1050"
        stored = np.rint((hu + 1050) / 10).clip(0, 255).astype(np.uint8)
        dataset.add_new("PixelData", "OB", stored.tobytes())
    written = write(folder, made, hu=volume().clip(-1050, 1500))
    for file in written.files:
        _recode(file, gdcm.TransferSyntax.JPEGBaselineProcess1, quality=100)
        assert pydicom.dcmread(file).file_meta.TransferSyntaxUID == uid.JPEGBaseline8Bit
    return Made(files=written.files, hu=written.hu, tolerance=25)
