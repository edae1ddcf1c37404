"""Where a trunk looks: which pixel the middle of each cell of a layer's maps sees, and what all passes.

Maps of a trunk with valid padding do not span the whole slice: the 4 x 4 cells of InceptionV3's `mixed7` at
96 pixels sit at pixels 21, 37, 53 and 69, not at 12, 36, 60 and 84.
"""

import dataclasses

import keras


@dataclasses.dataclass(frozen=True)
class Cells:
    """The cells of a layer's maps, the same along rows and columns.

    Attributes:
      layer: Name of the layer.
      count: Cells a side.
      stride: Pixels from one cell to the next.
      first: Pixel that the middle of the first cell sees, counted from 0.
    """

    layer: str
    count: int
    stride: int
    first: float


def passages(trunk: keras.Model) -> list[Cells]:
    """Returns the layers that all of a slice's signal passes, from the pixels to the trunk's end.

    Args:
      trunk: Of square slices, made of layers whose branches meet at one stride.
    """
    last_use = {id(tensor): at for at, layer in enumerate(trunk.layers) for tensor in _inputs(layer)}
    seen: dict[int, tuple[int, float]] = {}
    waiting: set[int] = set()
    found = []
    for at, layer in enumerate(trunk.layers):
        stride, first = _seen_by(layer, seen)
        seen[id(layer.output)] = stride, first
        waiting = {tensor for tensor in waiting if last_use[tensor] > at}
        if not waiting and not isinstance(layer, keras.layers.InputLayer):
            found.append(Cells(layer.name, layer.output.shape[1], stride, first))
        if last_use.get(id(layer.output), at) > at:
            waiting.add(id(layer.output))
    return found


def _inputs(layer: keras.layers.Layer) -> list[keras.KerasTensor]:
    if isinstance(layer, keras.layers.InputLayer):
        return []
    return layer.input if isinstance(layer.input, list) else [layer.input]


def _seen_by(layer: keras.layers.Layer, seen: dict[int, tuple[int, float]]) -> tuple[int, float]:
    inputs = _inputs(layer)
    if not inputs:
        return 1, 0.0
    stride, first = seen[id(inputs[0])]
    size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if size is None:
        return stride, first
    window, step, before = size[0], layer.strides[0], 0
    if layer.padding == "same":
        # Source: TensorFlow's padding "SAME": what is odd goes behind.
        before = max(window - (inputs[0].shape[1] % step or step), 0) // 2
    return stride * step, first + stride * ((window - 1) / 2 - before)
