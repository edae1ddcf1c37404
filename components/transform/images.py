"""In-graph operations on one encoded slice; the same ops run in training, evaluation and serving."""

import tensorflow as tf

from schemas.features import PIXEL_LEVELS

LUMA = (0.299, 0.587, 0.114)  # red, green, blue; Source: ITU-R BT.601-7, 2.5.1
_MAX_8_BIT = 2**8 - 1
_MAX_16_BIT = 2**16 - 1
_PNG_BIT_DEPTH_AT = 24  # byte of the IHDR chunk; Source: PNG specification (third edition), 11.2.1
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def to_pixels(encoded: tf.Tensor, side: int, channels: int) -> tf.Tensor:
    """Decodes, resizes and rescales a batch of encoded slices.

    Args:
      encoded: (n,), string: whole PNG files of 8 or 16 bit or JPEG files, grey or colour, alpha or not.
      side: Side of the square result, pixels.
      channels: 1 for grey, 3 for colour.
    Returns:
      float32, (n, side, side, channels), 0..1 in steps of 1/255.
    Raises:
      tf.errors.InvalidArgumentError: When run: bytes that are neither a PNG nor a JPEG file.
    """
    levels = tf.map_fn(
        lambda encoded: tf.cast(tf.round(intensities(encoded, side, channels) * PIXEL_LEVELS), tf.uint8),
        encoded,
        fn_output_signature=tf.TensorSpec((side, side, channels), tf.uint8),
    )
    return tf.cast(levels, tf.float32) / PIXEL_LEVELS


def intensities(encoded: tf.Tensor, side: int, channels: int) -> tf.Tensor:
    """Decodes one slice and resizes it, at the file's full depth.

    Args:
      encoded: (), string: a whole PNG or JPEG file.
      side: Side of the square result, pixels.
      channels: 1 for grey, 3 for colour.
    Returns:
      float32, (side, side, channels), 0..1, not yet rounded: value / (2^bit depth - 1).
    """
    resized = tf.case(
        [
            (tf.io.is_jpeg(encoded), lambda: _resize(_decode_jpeg(encoded), side) / _MAX_8_BIT),
            (_is_16_bit_png(encoded), lambda: _resize(_decode_png(encoded, tf.uint16), side) / _MAX_16_BIT),
        ],
        default=lambda: _resize(_decode_png(encoded, tf.uint8), side) / _MAX_8_BIT,
    )
    in_range = tf.clip_by_value(resized, 0.0, 1.0)  # sums of filter weights may pass 1 by an ulp
    return tf.ensure_shape(_with_channels(in_range, channels), (side, side, channels))


def _is_16_bit_png(encoded: tf.Tensor) -> tf.Tensor:
    is_png = tf.strings.substr(encoded, 0, len(_PNG_SIGNATURE)) == _PNG_SIGNATURE
    return is_png & (tf.strings.substr(encoded, _PNG_BIT_DEPTH_AT, 1) == bytes([16]))


def _decode_png(encoded: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    return tf.io.decode_png(encoded, channels=0, dtype=dtype)


def _decode_jpeg(encoded: tf.Tensor) -> tf.Tensor:
    # The accurate transform is what Pillow, and so the filter before, decodes with.
    return tf.io.decode_jpeg(encoded, channels=0, dct_method="INTEGER_ACCURATE")


def _resize(image: tf.Tensor, side: int) -> tf.Tensor:
    """Returns the image without alpha as float32 (side, side, 1 or 3), in the image's own units."""
    colours = tf.where(tf.shape(image)[-1] < 3, 1, 3)
    fewer_rows = _resize_rows(image[..., :colours], side)
    fewer_columns = _resize_rows(tf.transpose(fewer_rows, (1, 0, 2)), side)
    return tf.transpose(fewer_columns, (1, 0, 2))


def _resize_rows(image: tf.Tensor, side: int) -> tf.Tensor:
    """Returns float32 (side, columns, channels), bilinear, antialiased.

    To `tf.image.resize` the columns are channels here, along which its kernel is several times
    faster. Rows, then columns, gives the same bits as both at once.
    """
    shape = tf.shape(image)
    columns_as_channels = tf.reshape(image, (shape[0], 1, shape[1] * shape[2]))
    resized = tf.image.resize(columns_as_channels, (side, 1), method="bilinear", antialias=True)
    return tf.reshape(resized, (side, shape[1], shape[2]))


def _with_channels(image: tf.Tensor, channels: int) -> tf.Tensor:
    """Returns a grey or colour image (rows, columns, 1 or 3) with as many channels as requested."""
    if channels == len(LUMA):
        return tf.broadcast_to(image, tf.concat([tf.shape(image)[:-1], [channels]], axis=0))
    is_grey = tf.shape(image)[-1] == 1
    return tf.cond(is_grey, lambda: image, lambda: tf.reduce_sum(image * LUMA, axis=-1, keepdims=True))
