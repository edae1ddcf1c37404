"""Makes the pictures of README.md and docs/data.md from a run of the demo.

Usage, after `make demo`: .venv/bin/python tools/readme_pictures.py
"""

import io
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFont

from components.imaging.sheet import GAP, LINE, THUMBNAIL, TITLE
from components.slice_filter.contact_sheet import COLUMNS, LINES
from pipeline.past_runs.history import read_run
from pipeline.pushed.model import latest_pushed
from pipeline.settings.layout import Layout
from pipeline.settings.loading import load
from schemas.features import CLASSES, PROBABILITY
from schemas.records import SliceRecord

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SHOWN_PER_CLASS = 4
SIDE = 200  # pixels of one slice; eight of them fill a README's width in two rows
CAPTION = 22  # pixels below each slice
TEXT_SIZE = 15  # pixels
PAPER, INK, WRONG = (24, 24, 28), (235, 235, 235), (255, 140, 90)
ROWS_SHOWN = 1  # of each half of the contact sheet


def draw_scores(records: list[SliceRecord], scores: list[float]) -> Image.Image:
    """Draws slices in rows by class, each with its label and score."""
    columns = SHOWN_PER_CLASS
    size = (GAP + columns * (SIDE + GAP), GAP + len(CLASSES) * (SIDE + CAPTION + GAP))
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(TEXT_SIZE)
    for place, (record, score) in enumerate(zip(records, scores, strict=True)):
        left = GAP + place % columns * (SIDE + GAP)
        top = GAP + place // columns * (SIDE + CAPTION + GAP)
        image = Image.open(io.BytesIO(record.image)).convert("L").resize((SIDE, SIDE))
        sheet.paste(image, (left, top))
        right = (score >= 0.5) == bool(record.hemorrhage)
        text = f"{CLASSES[record.hemorrhage]}: {score:.2f}{'' if right else ' (wrong)'}"
        pen.text((left, top + SIDE + 2), text, INK if right else WRONG, font)
    return sheet


def spread(records: list[SliceRecord]) -> list[SliceRecord]:
    """Takes evenly spread slices of each class in the order of their ids, so that nobody picks them."""
    taken = []
    for label in reversed(range(len(CLASSES))):
        of_class = sorted((r for r in records if r.hemorrhage == label), key=lambda r: r.slice_id)
        places = np.linspace(0, len(of_class) - 1, SHOWN_PER_CLASS).round().astype(int)
        taken += [of_class[place] for place in places]
    return taken


def crop_contact_sheet(sheet: Image.Image, kept: int) -> Image.Image:
    """Takes the rows of both halves that are nearest to the threshold."""
    row = THUMBNAIL + LINES * LINE + GAP
    half = TITLE + ROWS_SHOWN * row
    second = GAP + TITLE + max(1, -(-kept // COLUMNS)) * row
    cropped = Image.new("RGB", (sheet.width, GAP + 2 * half), PAPER)
    cropped.paste(sheet.crop((0, 0, sheet.width, GAP + half)), (0, 0))
    cropped.paste(sheet.crop((0, second, sheet.width, second + half)), (0, GAP + half))
    return cropped


def main() -> None:
    """Writes both pictures."""
    config = load("demo", environment={}).config
    layout = Layout.of(config.run)
    run = read_run(layout)
    folder = run.nodes["SliceFilter"].outputs["filtered_examples"].path / "Split-test"
    serialized = list(tf.data.TFRecordDataset([str(p) for p in folder.iterdir()]).as_numpy_iterator())
    records = spread(
        [SliceRecord.from_example(tf.train.Example.FromString(example)) for example in serialized]
    )
    serve = tf.saved_model.load(str(latest_pushed(layout))).signatures["serving_bytes"]
    scores = serve(images=tf.constant([record.image for record in records]))[PROBABILITY].numpy()[:, 0]
    sheet = Image.open(run.nodes["SliceFilter"].outputs["report"].path / "contact_sheet.png")
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, picture in (
        ("scores.png", draw_scores(records, scores.tolist())),
        ("contact_sheet.png", crop_contact_sheet(sheet, config.filter.contact_sheet_slices)),
    ):
        picture.quantize(256).save(IMAGES / name, optimize=True)
        print(f"{IMAGES / name}: {(IMAGES / name).stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
