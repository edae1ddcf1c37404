"""Makes the picture of README.md's section on reports from a run of the demo; needs Chromium.

Usage, after `make demo`: .venv/bin/python tools/report_picture.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from pipeline.commands.report import rebuild
from pipeline.past_runs.history import read_run
from pipeline.settings.layout import Layout
from pipeline.settings.loading import load

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "report.png"
SCREEN = (1280, 1130)  # pixels: the first screen and the head of what follows
COLOURS = 256


def main() -> None:
    """Writes the picture."""
    config = load("demo", environment={}).config
    layout = Layout.of(config.run)
    page = rebuild(config, layout, read_run(layout))  # by the code as it is, whenever the run was
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "shot.png")
        width, height = SCREEN
        subprocess.run(
            [browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
             f"--window-size={width},{height}", "--hide-scrollbars", f"--screenshot={shot}", page.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip
        Image.open(shot).convert("RGB").quantize(COLOURS).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
