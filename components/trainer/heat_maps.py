"""Maps of evidence as pictures: a PNG for each image, of that image's size, in the graph of the model."""

import tensorflow as tf

STRONGEST = 255  # what the peak of a map becomes
AT_ONCE = 8  # maps; each is as large as its image
# Source: PNG specification (third edition), 5.2 and 11.2.1.
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_WIDTH_AT, _SIZES_LENGTH = 16, 8  # bytes: width and height follow each other, four each


def to_png(maps: tf.Tensor, images: tf.Tensor, sound: tf.Tensor) -> tf.Tensor:
    """Draws maps at the size of their images.

    Args:
      maps: float32, (n, side, side), 0 or more.
      images: string, (n,): PNG and JPEG files.
      sound: bool, (n,): which of them can be decoded.
    Returns:
      string, (n,): 8-bit grey PNG files, 255 at each map's own peak, black for a map of zeros; "" for what
      cannot be decoded.
    """
    return tf.map_fn(
        lambda item: tf.cond(item[2], lambda: _drawn(item[0], item[1]), lambda: ""),
        (maps, images, sound),
        fn_output_signature=tf.string,
        parallel_iterations=AT_ONCE,
    )


def _drawn(evidence: tf.Tensor, image: tf.Tensor) -> tf.Tensor:
    resized = tf.image.resize(evidence[..., tf.newaxis], _size(image))
    levels = tf.round(STRONGEST * tf.math.divide_no_nan(resized, tf.reduce_max(resized)))
    return tf.io.encode_png(tf.cast(levels, tf.uint8))


def _size(image: tf.Tensor) -> tf.Tensor:
    """Returns rows and columns, int32 (2,), without decoding where the header is known to tell."""
    is_png = tf.strings.substr(image, 0, len(_SIGNATURE)) == _SIGNATURE
    return tf.case(
        [
            (tf.io.is_jpeg(image), lambda: tf.image.extract_jpeg_shape(image)[:2]),
            (is_png, lambda: _png_size(image)),
        ],
        default=lambda: tf.shape(tf.io.decode_png(image))[:2],
    )


def _png_size(image: tf.Tensor) -> tf.Tensor:
    sizes = tf.strings.substr(image, _WIDTH_AT, _SIZES_LENGTH)
    return tf.io.decode_raw(sizes, tf.int32, little_endian=False)[::-1]
