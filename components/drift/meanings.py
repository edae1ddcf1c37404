"""What each compared feature means, for a reader who has a verdict before him."""

from collections.abc import Mapping

from schemas import features as f

MEANINGS: Mapping[str, str] = {
    f.HEIGHT: "rows of the picture, pixels",
    f.WIDTH: "columns of the picture, pixels",
    f.BRAIN_SHARE: "share of the picture that is brain",
    f.HEAD_SHARE: "share of the picture that is head",
    f.MEAN_INTENSITY: "mean brightness of the picture",
    f.CONTRAST: "standard deviation of its brightness",
    f.BRIGHT_INTENSITY: "its 99th percentile; bone is white in a brain window",
    f.LOW_INTENSITY: "10th percentile of the brain's brightness; moves with the window",
    f.MEDIAN_INTENSITY: "median of the brain's brightness; moves with the window",
    f.INTENSITY_SPREAD: "spread of the brain's brightness; a narrower window makes it wider",
    f.NOISE: "noise between neighbouring pixels; dose, kernel, window, compression, resizing",
    f.HEAD_ASPECT: "above 0.5 for a head longer than wide; moves when pictures lie on their side",
    f.HEAD_BALANCE: "above 0.5 for a head broader below; moves when pictures stand on their head",
    f.LOW_HU: "1st percentile in the head, HU: fat",
    f.HIGH_HU: "99th percentile in the head, HU: bone; moves with tube voltage and kernel",
    f.WINDOWS: "windows of HU that the slices show",
    f.FILTER_REASON: "what the slice filter thinks of each slice; all others are of those that it keeps",
}
