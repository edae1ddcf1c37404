"""One series whose HU are stored in other ways."""

from pathlib import Path

import numpy as np

from components.phantoms.acquisition import CT_STORAGE, Storage
from components.phantoms.dicom import as_ds, series_datasets
from dicom_variants.source import (
    GEOMETRY,
    PROTOCOL,
    STUDY,
    Made,
    datasets,
    pixels,
    set_stored,
    variant,
    volume,
    write,
)


@variant
def signed_16_bits(folder: Path) -> Made:
    """HU as they are, as signed integers."""
    return write(folder, datasets(Storage(16, True, 1.0, 0.0)))


@variant
def signed_12_bits(folder: Path) -> Made:
    """Signed integers of 12 bits whose sign goes on into the 4 unused bits."""
    return write(folder, datasets(Storage(12, True, 1.0, 0.0)))


@variant
def signed_12_bits_without_sign_extension(folder: Path) -> Made:
    """Signed integers of 12 bits whose 4 unused bits are zero: bit 11 is the sign."""
    made = datasets(Storage(12, True, 1.0, 0.0))
    for dataset in made:
        set_stored(dataset, pixels(dataset) & 0x0FFF)
    return write(folder, made)


@variant
def overlay_in_unused_bits(folder: Path) -> Made:
    """Unsigned 12 bits, with an overlay in bit 12 as older scanners had it: not part of the value."""
    made = datasets()
    for dataset in made:
        stored = pixels(dataset)
        stored[5:9, 5:30] |= 1 << 12
        set_stored(dataset, stored)
        dataset.add_new(0x60000010, "US", dataset.Rows)
        dataset.add_new(0x60000011, "US", dataset.Columns)
        dataset.add_new(0x60000040, "CS", "G")
        dataset.add_new(0x60000050, "SS", [1, 1])
        dataset.add_new(0x60000100, "US", 16)
        dataset.add_new(0x60000102, "US", 12)
    return write(folder, made)


@variant
def slope_half(folder: Path) -> Made:
    """HU in steps of a half."""
    return write(folder, datasets(Storage(16, False, 0.5, -1024.0)))


@variant
def slope_two(folder: Path) -> Made:
    """HU in steps of 2."""
    return write(folder, datasets(Storage(12, False, 2.0, -1024.0)), tolerance=1)


@variant
def negative_slope(folder: Path) -> Made:
    """Stored values fall while HU rise."""
    return write(folder, datasets(Storage(12, False, -1.0, 3071.0)))


@variant
def rescale_of_its_own_a_slice(folder: Path) -> Made:
    """Each slice has another slope and intercept."""
    made = []
    for index in range(len(volume())):
        storage = Storage(12, False, 1.0 + index % 3, -1024.0 - 7 * index)
        made.append(datasets(storage)[index])
    return write(folder, made, tolerance=1.5)


@variant
def monochrome1(folder: Path) -> Made:
    """Shown inverted; the stored values are HU as ever, as PS3.3 C.11.1 has it."""
    made = datasets()
    for dataset in made:
        dataset.PhotometricInterpretation = "MONOCHROME1"
    return write(folder, made)


@variant
def monochrome1_of_inverted_values(folder: Path) -> Made:
    """Against the standard: 4095 - v is stored, so that only the inverted values are HU."""
    made = datasets()
    for dataset in made:
        dataset.PhotometricInterpretation = "MONOCHROME1"
        set_stored(dataset, 4095 - pixels(dataset))
    return write(folder, made)


@variant
def monochrome1_padded_bright(folder: Path) -> Made:
    """Shown inverted, HU as ever; outside the field of view stands the brightest value as padding."""
    made = datasets()
    for dataset, outside in zip(made, outside_the_circle(), strict=True):
        dataset.PhotometricInterpretation = "MONOCHROME1"
        dataset.add_new("PixelPaddingValue", "US", 4095)
        set_stored(dataset, np.where(outside, 4095, pixels(dataset)))
    return write(folder, made, padded=outside_the_circle())


def _wrapped(folder: Path, intercept: float) -> Made:
    made = datasets()
    for dataset, hu in zip(made, volume(), strict=True):
        dataset.RescaleIntercept = as_ds(intercept)
        set_stored(dataset, np.rint(hu - intercept).astype(np.int64) % 4096)
    return write(folder, made)


@variant
def wrapped_12_bits(folder: Path) -> Made:
    """The wrap fault: said to be unsigned with intercept 0, but HU below 0 are stored as 4096 + HU."""
    return _wrapped(folder, 0.0)


@variant
def wrapped_12_bits_intercept_minus_one(folder: Path) -> Made:
    """The same with an intercept of -1."""
    return _wrapped(folder, -1.0)


def outside_the_circle() -> np.ndarray:
    """bool like `volume`: corners that a scanner's round field of view leaves out."""
    _, rows, columns = volume().shape
    y, x = np.ogrid[:rows, :columns]
    outside = np.hypot(y - (rows - 1) / 2, x - (columns - 1) / 2) > rows / 2
    return np.broadcast_to(outside, volume().shape)


@variant
def padded(folder: Path) -> Made:
    """Outside the field of view stands PixelPaddingValue -2000, which would be -3024 HU."""
    made = datasets(Storage(16, True, 1.0, -1024.0))
    for dataset, outside in zip(made, outside_the_circle(), strict=True):
        dataset.add_new("PixelPaddingValue", "SS", -2000)
        set_stored(dataset, np.where(outside, -2000, pixels(dataset)))
    return write(folder, made, padded=outside_the_circle())


@variant
def padded_with_bright_values(folder: Path) -> Made:
    """Outside stand values from PixelPaddingValue to PixelPaddingRangeLimit that would be very bright."""
    made = datasets(Storage(16, False, 1.0, -1024.0))
    for dataset, outside in zip(made, outside_the_circle(), strict=True):
        stored = pixels(dataset)
        stored[outside] = 60_000 + np.arange(outside.sum()) % 11
        set_stored(dataset, stored)
        dataset.add_new("PixelPaddingValue", "US", 60_000)
        dataset.add_new("PixelPaddingRangeLimit", "US", 60_010)
    return write(folder, made, padded=outside_the_circle())


@variant
def metal(folder: Path) -> Made:
    """A clip of 9,000 HU, more than 12 bits can say."""
    hu = volume().copy()
    hu[3:5, 30:34, 20:24] = 9000
    made = series_datasets(hu, GEOMETRY, STUDY, PROTOCOL, Storage(16, False, 1.0, -1024.0))
    return write(folder, made, hu=hu)


@variant
def no_window(folder: Path) -> Made:
    """Nothing says how to show it."""
    made = datasets()
    for dataset in made:
        del dataset.WindowCenter, dataset.WindowWidth
    return write(folder, made)


@variant
def no_rescale_type(folder: Path) -> Made:
    """RescaleType is optional for HU."""
    made = datasets(CT_STORAGE)
    for dataset in made:
        del dataset.RescaleType
    return write(folder, made)
