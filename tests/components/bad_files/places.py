"""What may lie in a folder besides files with good names: no files, odd names, other places."""

import os
import shutil
import socket
from pathlib import Path

LONG = 200  # folders above each other


def no_files(folder: Path, prefix: str, ending: str) -> list[str]:
    """Puts into a folder what is named like a slice and can never be read; returns the names."""
    os.mkfifo(folder / f"{prefix}0_fifo{ending}")
    with socket.socket(socket.AF_UNIX) as listening:
        # Its whole path must be short; the name alone is, from within.
        here = Path.cwd()
        os.chdir(folder)
        try:
            listening.bind(f"{prefix}1_socket{ending}")
        finally:
            os.chdir(here)
    (folder / f"{prefix}2_device{ending}").symlink_to("/dev/zero")
    (folder / f"{prefix}3_nowhere{ending}").symlink_to("missing")
    (folder / f"{prefix}4_itself{ending}").symlink_to(f"{prefix}4_itself{ending}")
    names = ("0_fifo", "1_socket", "2_device", "3_nowhere", "4_itself")
    return [f"{prefix}{name}{ending}" for name in names]


def loops(folder: Path, ending: str) -> None:
    """Puts folders named like files, and links that lead back, into a folder."""
    (folder / f"folder{ending}").mkdir()
    (folder / "a loop").symlink_to(".")
    (folder / f"folder{ending}" / "back").symlink_to("../..")


def odd_names(folder: Path, prefix: str, ending: str, sound: Path) -> list[str]:
    """Copies a sound file to names and places that few programs expect; returns them."""
    names = [
        "new\nline",
        "carriage\rreturn",
        "'single' \"double\" `back`",
        "<script>alert(1)</script>".replace("/", "\N{FRACTION SLASH}"),
        "; rm -rf $HOME & %s {0}",
        "\x1b[31mred\x07",
        "caf\N{LATIN SMALL LETTER E WITH ACUTE}",
        "cafe\N{COMBINING ACUTE ACCENT}",
        "\N{RIGHT-TO-LEFT OVERRIDE}gnp",
        "\N{CJK UNIFIED IDEOGRAPH-982D}\N{GRINNING FACE}",
        os.fsdecode(b"\xff\xfe no UTF-8"),
        " blanks ",
        "-rf",
        "x" * (255 - len(prefix) - len(ending) - 4),
    ]
    paths = [f"{prefix}{10 + number}_{name}{ending}" for number, name in enumerate(names)]
    paths.append(f"{'d/' * LONG}{prefix}{10 + len(names)}_deep{ending}")
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sound, folder / path)
    return paths
