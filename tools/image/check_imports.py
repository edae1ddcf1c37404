"""Fails the build of an image in which something is not there that only a later step would miss.

TFMA and `tfx.v1.components` go on after an import that failed and leave a name empty, so each name in use is
looked at.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import tfx.v1 as tfx  # before tensorflow_data_validation, which needs a module that TFX supplies

import tensorflow_data_validation as tfdv  # isort: skip
import tensorflow_model_analysis as tfma  # isort: skip

import components
import pipeline
import schemas


def our_modules() -> Iterator[str]:
    """Yields the name of each module of the wheel."""
    for package in (schemas, components, pipeline):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                yield module.name


def stock_nodes() -> set[str]:
    """Returns the names of TFX's own nodes that the graph's sources use."""
    sources = Path(pipeline.__path__[0]).rglob("*.py")
    return {
        name
        for source in sources
        for name in re.findall(r"\btfx\.components\.([A-Z]\w+)", source.read_text(encoding="utf-8"))
    }


def missing() -> list[str]:
    """Returns a line for each thing that should be there and is not."""
    wrong = []
    for name in our_modules():
        try:
            importlib.import_module(name)
        except ImportError as error:
            wrong.append(f"{name}: {error}")
    nodes = stock_nodes()
    if not nodes:
        wrong.append("pipeline: names no node of TFX at all, so this check looks at nothing")
    wrong += [
        f"tfx.v1.components.{name} is empty"
        for name in sorted(nodes)
        if not isinstance(getattr(tfx.components, name, None), type)
    ]
    for module, name in ((tfma, "default_eval_shared_model"), (tfdv, "generate_statistics_from_csv")):
        if not callable(getattr(module, name, None)):
            wrong.append(f"{module.__name__}.{name} is empty")
    return wrong


if __name__ == "__main__":
    problems = missing()
    for problem in problems:
        print(f"not in this image: {problem}")
    if problems:
        raise SystemExit(1)
    print(f"imports: {len(list(our_modules()))} modules, {len(stock_nodes())} nodes of TFX, all there")
