"""A source of slices: what lies below a path, walked once, and the slices in it, with labels or without."""

import contextlib
import functools
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from components.slices import images
from components.slices.dicom import discovery
from components.slices.dicom.dataset import frames_of, looks_like_dicom
from components.slices.dicom.headers import Headers, may_be_dicom, read_headers
from components.slices.dicom.labels import names_dicom
from components.slices.errors import DataError
from components.slices.files import is_file, open_regular
from components.slices.formats import is_image, source_of
from components.slices.header import Reason
from components.slices.labels import LabelledSlices, SliceRef, Slices
from components.slices.params import DICOM, IMAGE, ReadingParams
from components.slices.scan import Listing, look_below
from components.slices.table import first_file

__all__ = ["GREY", "Source"]

GREY = 1


class Finder(Protocol):
    """Finds the slices of one source, of image files or of DICOM files."""

    def find_slices(self, root: Path, files: Sequence[str], params: ReadingParams) -> Slices:
        """Finds slices whatever their labels are."""

    def find_labelled(
        self, root: Path, files: Sequence[str], params: ReadingParams, form: str
    ) -> LabelledSlices:
        """Finds the slices to read with their labels, which class folders or a table give."""

    def patients_by_table(
        self, root: Path, files: Sequence[str], params: ReadingParams
    ) -> dict[tuple[str, int | None], str]:
        """Reads whose slices are, by path and frame, as far as the label table that is there says it."""


FINDERS: dict[str, Finder] = {IMAGE: images, DICOM: discovery}


class Source:
    """A folder of slices, or a container such as a zip archive.

    Attributes:
      root: Of either.
      listing: What lies below it, as it was when the source was made.
    """

    def __init__(self, root: Path, params: ReadingParams, listing: Listing | None = None) -> None:
        """Looks at what lies below a folder.

        Args:
          root: The folder.
          params: How it is read.
          listing: What of it counts; all that lies below it where None.
        Raises:
          DataError: The folder does not exist, is no folder, or cannot be listed.
        """
        self.root = root
        self.listing = look_below(root) if listing is None else listing
        self._params = params

    @property
    def has_table(self) -> bool:
        """Whether there is a label table."""
        return is_file(self.root / self._params.table)

    def stamp(self) -> bytes:
        """Returns a hash that changes with what a plan is made of: files, and what the label table says."""
        table = b""
        if self.has_table:
            with contextlib.suppress(OSError), open_regular(self.root / self._params.table) as file:
                table = file.read()
        return self.listing.stamp(self.root) + hashlib.blake2b(table).digest()

    @property
    def form(self) -> str:
        """How labels are given, "table" or "folders"; raises DataError where a table is wanted and absent."""
        if self._params.form == "table" and not self.has_table:
            raise DataError(
                f"data folder {self.root}: ingest.form is table, but there is no {self._params.table!r} in it"
            )
        if self._params.form == "auto":
            return "table" if self.has_table else "folders"
        return self._params.form

    @functools.cached_property
    def kind(self) -> str:
        """What the slices are: "dicom" for a folder of DICOM files and "image" for any other.

        A label table decides by its columns and the first file that it names; else the files do: DICOM if
        there is no image and one begins as DICOM does. Raises DataError where the table cannot be read.
        """
        files = self.listing.files
        if self._params.source == "auto" and self._params.form != "folders" and self.has_table:
            table = self.root / self._params.table
            if names_dicom(table):
                return DICOM
            if named := first_file(table):
                if is_image(named):
                    return IMAGE
                files = [path for path in files if not is_image(path)]
        return self.kind_of_files(files)

    def kind_of_files(self, files: Sequence[str] | None = None) -> str:
        """Returns what the slices are by files alone: those given, or all."""
        files = self.listing.files if files is None else files
        if self._params.source != "auto":
            return self._params.source
        if any(map(is_image, files)):
            return IMAGE
        return DICOM if any(looks_like_dicom(self.root / path) for path in files) else IMAGE

    @property
    def channels(self) -> int:
        """Channels of the slices: one of an image, one a window of DICOM; of what cannot be read, one."""
        try:
            return len(self._params.windows.split()) if self.kind == DICOM else GREY
        except DataError:  # the run that reads it says what is wrong
            return GREY

    def slices(self, kind: str) -> Slices:
        """Finds the slices of one kind whatever their labels are, and what of containers cannot be read."""
        slices = FINDERS[kind].find_slices(self.root, self.listing.files, self._params)
        unread = {
            path: why
            for path, why in self.listing.unlisted.items()
            if why.reason is not Reason.UNLISTED_FOLDER
        }
        return Slices(slices.refs, slices.rejections | unread)

    def patients_by_table(self, kind: str) -> dict[tuple[str, int | None], str]:
        """Reads whose slices are, by path and frame, as far as a label table says it.

        Raises:
          DataError: The table does not keep to its form.
        """
        if not self.has_table:
            return {}
        return FINDERS[kind].patients_by_table(self.root, self.listing.files, self._params)

    def labelled(self) -> LabelledSlices:
        """Finds the slices to read with their labels.

        Raises:
          DataError: The labels cannot be used, or nothing is left to read.
        """
        form = self.form
        return FINDERS[self.kind].find_labelled(self.root, self.listing.files, self._params, form)

    def headers(self) -> Headers:
        """Returns what the headers of the DICOM files say, which are not read twice."""
        return read_headers(self.root, may_be_dicom(self.root, self.listing.files, self._params))

    def number_of(self, kind: str) -> int:
        """Counts the files of a kind, by their names or how they begin."""
        return sum(source_of(self.root / path) == kind for path in self.listing.files)

    def later_frames(self) -> Iterator[str]:
        """Yields the names of all slices but the first of each file, by the files' headers."""
        for path in self.listing.files:
            for frame in range(1, frames_of(self.root / path)):
                yield SliceRef(path, frame).name
