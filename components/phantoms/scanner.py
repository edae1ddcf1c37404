"""What the scanner adds: couch and headrest, blur, noise."""

import functools

import numpy as np
import numpy.typing as npt

from components.phantoms.canvas import AIR_HU, Canvas
from components.phantoms.head import Head
from components.phantoms.plane import Image
from components.phantoms.regions import Region

COUCH_HU, REST_HU = 350.0, 60.0
BLUR_MM = 0.65  # standard deviation of the point spread of a standard head kernel
NOISE_PEAK = 0.22  # cycles/mm at which a standard head kernel's noise is strongest


def paint_couch(canvas: Canvas, head: Head) -> None:
    """Paints couch and headrest where air is; they are there in a blank slice too."""
    plane = canvas.plane
    across, down = plane.axis[None, :].astype(np.float32), plane.axis[:, None].astype(np.float32)
    back = head.place[1] + head.half_length + head.skull + head.scalp
    radius, gap = (112.0, 16.0) if head.couch == 0 else (160.0, 10.0)
    middle = back + gap - radius
    ring = np.hypot(across, down - middle)
    if head.couch == 0:
        ring = np.where(down < middle, np.abs(across), ring)
    couch = np.minimum(1.1 - np.abs(ring - radius), (down - (back - 95)) * np.float32(0.5))
    rest_radius = 0.80 * head.half_length
    rest = 0.5 - np.abs(np.hypot(across - head.place[0], down - (back + 3 - rest_radius)) - rest_radius)
    rest = np.minimum(rest, (down - (back - 22)) * np.float32(0.5))
    air = canvas.region == Region.AIR
    for depth, hu in ((couch, COUCH_HU), (rest, REST_HU)):
        weight = np.where(air & (canvas.hu == np.float32(AIR_HU)), canvas.weight(depth), 0)
        canvas.hu += weight * (hu - canvas.hu)
        canvas.region[weight >= 0.5] = Region.COUCH


@functools.lru_cache(maxsize=4)
def _spectra(side: int, spacing: float) -> tuple[Image, Image]:
    """Frequency responses of blur and of noise of standard deviation 1, for `rfft2`."""
    fy = np.fft.fftfreq(side, spacing)[:, None]
    fx = np.fft.rfftfreq(side, spacing)[None, :]
    f = np.hypot(fx, fy)
    blur = np.exp(-2 * (np.pi * BLUR_MM * f) ** 2)
    noise = f * np.exp(-((f / NOISE_PEAK) ** 2) / 2)
    twice = np.where((np.arange(side // 2 + 1) == 0) | (2 * np.arange(side // 2 + 1) == side), 1, 2)
    noise *= side / np.sqrt(np.sum(twice * noise**2))
    return blur.astype(np.float32), noise.astype(np.float32)


def scan(tissue: Image, spacing: float, noise_hu: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Blurs a slice and adds a CT kernel's noise: weak at low frequencies, so that it looks grainy.

    Args:
      tissue: float32 (side, side), HU.
      spacing: mm a pixel.
      noise_hu: Standard deviation, HU.
      rng: Source of randomness.
    """
    side = len(tissue)
    blur, noise = _spectra(side, spacing)
    white = rng.standard_normal((side, side), dtype=np.float32)
    spectrum = np.fft.rfft2(tissue) * blur + np.fft.rfft2(white) * (noise * np.float32(noise_hu))
    return np.asarray(np.fft.irfft2(spectrum, s=(side, side)), dtype=np.float32)
