"""The project's docstrings in the form that Griffe, which reads them for the API pages, takes."""

import re
from typing import Any

import griffe

SECTION = re.compile(r"\n+(?=(?:Args|Attributes|Returns|Yields|Raises|Examples):\n)")
SOURCE = re.compile(r"\n+Source: (.*(?:\n +.*)*)")
SEVERAL = re.compile(r"^( +)(\w+(?:, \w+)+)(: .*(?:\n\1 +.*)*)", re.MULTILINE)


class Sections(griffe.Extension):
    """Sets sections apart by empty lines, and repeats a description that several names share."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrites the docstring of a module, class or function before it is parsed."""
        if obj.docstring:
            obj.docstring.value = _for_griffe(obj.docstring.value)


def _for_griffe(text: str) -> str:
    text = SECTION.sub("\n\n", text.replace("\nExample:\n", "\nExamples:\n"))
    text = SOURCE.sub(lambda match: "\n\n**Source:** " + " ".join(match[1].split()), text)
    return SEVERAL.sub(_repeated, text)


def _repeated(match: re.Match[str]) -> str:
    indent, names, description = match.groups()
    return "\n".join(indent + name + description for name in names.split(", "))
