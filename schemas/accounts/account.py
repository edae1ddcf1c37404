"""What all accounts have in common: frozen, checked when written and when read, one form a version."""

import json
from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

__all__ = ["Account", "AccountError", "Part"]

FORMAT_KEY = "format"  # of an account in a file; without it the file is of format 1
MOST_PROBLEMS = 3  # named in a message


class AccountError(ValueError):
    """A file is no account that this version of ichor reads; the message is for the user."""


class Part(BaseModel):
    """A part of an account: its fields are the keys in the file, in the same order."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @classmethod
    def checked(cls, content: object, file: str) -> Self:
        """Reads a part by its keys.

        Args:
          content: As a file has it.
          file: Its name, for messages.
        Raises:
          AccountError: A key is missing or not known, or has a value that it cannot have.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            problems = list(_problems(error))
            further = len(problems) - MOST_PROBLEMS
            listed = "; ".join(problems[:MOST_PROBLEMS]) + (f"; {further} more" if further > 0 else "")
            raise AccountError(
                f"{file}: not as this version of ichor writes it ({listed}); make a new run, or use the "
                "version of ichor that wrote it"
            ) from None


class Account(Part):
    """What a node leaves behind as one JSON file.

    Attributes:
      FORMAT: Rises when a key changes its meaning or goes; a file of another format is refused.
      INDENT: Of the JSON, spaces; None for all in one line.
      END: What the file ends with.
    """

    FORMAT: ClassVar[int] = 1
    INDENT: ClassVar[int | None] = 2
    END: ClassVar[str] = "\n"

    def to_json(self) -> str:
        """Returns the file's text.

        Raises:
          ValueError: A figure is NaN or infinite, which JSON does not have.
        """
        content = self.model_dump(by_alias=True)
        if self.FORMAT > 1:
            content = {FORMAT_KEY: self.FORMAT, **content}
        return json.dumps(content, indent=self.INDENT, allow_nan=False) + self.END

    @classmethod
    def from_json(cls, text: str | bytes, file: str) -> Self:
        """Reads what `to_json` wrote.

        Args:
          text: Of the file.
          file: Its name, for messages.
        Raises:
          AccountError: The file is of another version of ichor, or damaged.
        """
        try:
            content = json.loads(text)
        except ValueError as error:
            raise AccountError(f"{file}: is not JSON ({error}); make a new run") from None
        if not isinstance(content, dict):
            raise AccountError(f"{file}: must hold a JSON object, holds {content!r:.40}; make a new run")
        number = content.get(FORMAT_KEY, 1)
        if number != cls.FORMAT:
            raise AccountError(
                f"{file}: written by another version of ichor (format {number}, this one reads "
                f"{cls.FORMAT}); make a new run or use that version"
            )
        if FORMAT_KEY not in cls.model_fields:
            content.pop(FORMAT_KEY, None)
        return cls.checked(content, file)


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "missing":
            yield f"{key} is missing"
        elif problem["type"] == "extra_forbidden":
            yield f"{key} is not known"
        else:
            yield f"{key}: {problem['msg'][:1].lower()}{problem['msg'][1:]}, got {problem['input']!r:.40}"
