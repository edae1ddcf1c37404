"""Names of a record's columns, raw and transformed, and of what is said of a set of records."""

__all__ = [
    "ATTRIBUTES",
    "BASELINE_FILE",
    "BRAIN_SHARE",
    "BRIGHT_INTENSITY",
    "CLASSES",
    "CONTRAST",
    "ERROR",
    "FILTER_REASON",
    "FINAL_BLESSING",
    "HEAD_ASPECT",
    "HEAD_BALANCE",
    "HEAD_SHARE",
    "HEAT_MAP",
    "HEIGHT",
    "HIGH_HU",
    "HU_MEASURES",
    "IMAGE",
    "INTENSITY_SPREAD",
    "JUDGED",
    "LABEL",
    "LABELS_OF_PROPERTY",
    "LOW_HU",
    "LOW_INTENSITY",
    "MEAN_INTENSITY",
    "MEASURES",
    "MEDIAN_INTENSITY",
    "NOISE",
    "PATIENT_ID",
    "PIXELS",
    "PIXEL_LEVELS",
    "PREDICTED",
    "PROBABILITY",
    "PROBABILITY_MARGIN",
    "SCHEMA_FILE",
    "SLICE_ID",
    "SLICE_INDEX",
    "SPLITS",
    "SPLIT_KEY",
    "SPLIT_NAMES",
    "TARGET",
    "TEST",
    "THRESHOLD",
    "TRAIN",
    "TRAINED_ON_FILE",
    "TRAINING_STATISTICS_FILE",
    "VAL",
    "VERSION",
    "WARNING_PROPERTY",
    "WIDTH",
    "WINDOWS",
]

# A slice as it was found.
IMAGE = "image"  # the original encoded bytes, PNG or JPEG
IMAGE_FORMAT = "image_format"  # one of IMAGE_FORMATS
HEIGHT = "height"  # pixels
WIDTH = "width"  # pixels
CHANNELS = "channels"  # 1, 2 (grey and alpha), 3 or 4
BIT_DEPTH = "bit_depth"  # bits a channel: 8 or 16
WINDOWS = "windows"  # of HU that the channels show, such as WINDOWS_EXAMPLE; absent where HU are not known

# What is known about it.
LABEL = "hemorrhage"  # 0 normal, 1 hemorrhage
SLICE_ID = "slice_id"  # keyed hash of the file's name in its folder
PATIENT_ID = "patient_id"  # keyed hash
SPLIT_KEY = "split_key"  # keyed hash of patient and seed; TFX splits by it
SLICE_INDEX = "slice_index"  # place in its series, where the table tells
ATTRIBUTES = "attributes"  # "column=value" of the table's further columns, to slice metrics by

# Measured by SliceFilter; shares and intensities of the full grey range, all in 0..1.
BRAIN_SHARE = "brain_share"  # share of pixels strictly inside the brain window
HEAD_SHARE = "head_share"  # share of pixels that belong to the head
MEAN_INTENSITY = "mean_intensity"
CONTRAST = "contrast"  # standard deviation of the intensities
BRIGHT_INTENSITY = "bright_intensity"  # their 99th percentile
LOW_INTENSITY = "low_intensity"  # 10th percentile of what lies inside the brain window, in the head
MEDIAN_INTENSITY = "median_intensity"  # its median
INTENSITY_SPREAD = "intensity_spread"  # from its 25th to its 75th percentile
NOISE = "noise"  # standard deviation between neighbouring pixels of the head
HEAD_ASPECT = "head_aspect"  # above 0.5 for a head longer than wide
HEAD_BALANCE = "head_balance"  # above 0.5 for a head that is broader below
# The same, only where HU are known; HU.
LOW_HU = "low_hu"  # 1st percentile in the head
HIGH_HU = "high_hu"  # 99th percentile in the head

IMAGE_FORMATS = ("png", "jpeg")
WINDOWS_EXAMPLE = "40/80 80/200 600/2800"  # centre/width by channel, HU
MEASURES = (
    BRAIN_SHARE, HEAD_SHARE, MEAN_INTENSITY, CONTRAST, BRIGHT_INTENSITY, LOW_INTENSITY, MEDIAN_INTENSITY,
    INTENSITY_SPREAD, NOISE, HEAD_ASPECT, HEAD_BALANCE,
)  # fmt: skip
HU_MEASURES = (LOW_HU, HIGH_HU)

# Statistics of the train split before the filter, dropped slices included: a
# tfmd.DatasetFeatureStatisticsList of the measures, HEIGHT, WIDTH, WINDOWS and FILTER_REASON.
FILTER_REASON = "filter_reason"  # what the filter thinks of a slice; no column of a record
BASELINE_FILE = "baseline.pb"  # beside the splits in SliceFilter's Examples artifact

SCHEMA_FILE = "schemas/slices.pbtxt"  # below the project's root; types, domains and thresholds of drift

# After Transform.
PIXELS = "pixels"  # float32 (side, side, channels), 0..1 in steps of 1/PIXEL_LEVELS
PIXEL_LEVELS = 255  # 8 bits keep the pixels without loss
TARGET = "target"  # float32 (1,), 0 or 1

PROBABILITY_MARGIN = 1e-7  # no score lies nearer to 0 or 1: a loss takes its logarithm; Keras' own

# What a served model answers, (n,) each; of an item that it cannot read NaN, -1 and the reason.
PROBABILITY = "probability"  # float32, 0..1
PREDICTED = "hemorrhage"  # int64, 1 at or above the operating threshold
THRESHOLD = "threshold"  # float32, 0..1
VERSION = "version"  # string: which model answered
ERROR = "error"  # string; empty where there is none
HEAT_MAP = "heat_map_bytes"  # string: a PNG of the image's size; JSON has names of that ending in base64

# In a SavedModel's folder, beside the graph: what the model was trained on, as JSON.
# Source: TensorFlow's SavedModel README: assets.extra is for files of the model's users.
TRAINED_ON_FILE = "assets.extra/ichor.json"
TRAINING_STATISTICS_FILE = "assets.extra/training_statistics.pb"  # a copy of BASELINE_FILE

TRAIN, VAL, TEST = SPLITS = ("train", "val", "test")
JUDGED = (TEST, VAL)  # those that were not trained on, the untouched one first
SPLIT_NAMES = {TRAIN: "training", VAL: "validation", TEST: "test"}  # for a reader
CLASSES = ("normal", "hemorrhage")  # what labels 0 and 1 mean

# Custom property of an Examples artifact: a warning a line, such as that patients are not known.
WARNING_PROPERTY = "ichor_warning"
# Another: what a label is of, "study" for example, where it is not of one slice.
LABELS_OF_PROPERTY = "ichor_labels_of"

# Custom property of a ModelBlessing artifact: 1 for the last word on a model, which is ModelGate's.
FINAL_BLESSING = "ichor_final"
