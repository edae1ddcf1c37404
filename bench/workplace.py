"""What every bench is given."""

import dataclasses
import time
from pathlib import Path
from typing import TextIO

from bench import phantom_folders
from bench.phantom_folders import Folders
from bench.sizes import Sizes


@dataclasses.dataclass
class Workplace:
    """Where a bench works and where it reports.

    Attributes:
      name: Of the bench.
      folder: Scratch folder, shared with the other benches for the phantoms alone.
      sizes: How much to measure.
      terminal: For lines on progress.
    """

    name: str
    folder: Path
    sizes: Sizes
    terminal: TextIO
    started: float = dataclasses.field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """Prints what is being done."""
        print(
            f"{self.name:<10} {time.monotonic() - self.started:6.0f} s  {text}",
            file=self.terminal,
            flush=True,
        )

    def folders(self) -> Folders:
        """Returns the phantoms, made on first use."""
        self.say(f"phantoms: {self.sizes.small} slices of {self.sizes.side} px, and {self.sizes.large}")
        return phantom_folders.make(self.folder / "phantoms", self.sizes)

    def scratch(self, name: str) -> Path:
        """Returns a folder of this bench's own."""
        path = self.folder / self.name / name
        path.mkdir(parents=True)
        return path
