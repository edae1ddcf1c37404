"""Names of a record's columns, raw and transformed, and of what is said of a set of records."""

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

IMAGE_FORMATS = ("png", "jpeg")
WINDOWS_EXAMPLE = "40/80 80/200 600/2800"  # centre/width by channel, HU
MEASURES = (BRAIN_SHARE, HEAD_SHARE, MEAN_INTENSITY, CONTRAST, BRIGHT_INTENSITY)

# After Transform.
PIXELS = "pixels"  # float32 (side, side, channels), 0..1 in steps of 1/PIXEL_LEVELS
PIXEL_LEVELS = 255  # 8 bits keep the pixels without loss
TARGET = "target"  # float32 (1,), 0 or 1

# What a served model answers.
PROBABILITY = "probability"  # float32, 0..1
PREDICTED = "hemorrhage"  # int64, 1 at or above the operating threshold

# In a SavedModel's folder, beside the graph: what the model was trained on, as JSON.
# Source: TensorFlow's SavedModel README: assets.extra is for files of the model's users.
TRAINED_ON_FILE = "assets.extra/ichor.json"

SPLITS = ("train", "val", "test")

# Custom property of an Examples artifact: a warning a line, such as that patients are not known.
WARNING_PROPERTY = "ichor_warning"
