"""The engines that ichor knows Beam's arguments for."""

from typing import Literal, get_args

Engine = Literal["direct", "spark", "flink", "dataflow"]
ENGINES: tuple[str, ...] = get_args(Engine)
