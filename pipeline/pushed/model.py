"""A pushed model: which one is the latest, what it was trained on, and loading it."""

from pathlib import Path
from typing import TYPE_CHECKING

from components.slices.errors import DataError
from pipeline.settings.layout import Layout, numbered
from schemas.accounts.account import AccountError
from schemas.accounts.model import TrainedOn
from schemas.features import TRAINED_ON_FILE

if TYPE_CHECKING:
    from components.served_model import ServedModel

__all__ = ["latest_pushed", "load_model", "trained_on", "wrong_kind"]


def latest_pushed(layout: Layout) -> Path:
    """Returns the newest numbered model.

    Raises:
      FileNotFoundError: None was pushed yet.
    """
    versions = numbered(layout.pushed)
    if versions:
        return versions[-1]
    copies = [path for path in numbered(layout.artifacts / "Pusher" / "pushed_model") if _is_model(path)]
    way_out = "run the pipeline first, or give --model DIR"
    if copies:
        way_out = f"a copy is in {copies[-1]}; give it with --model"
    raise FileNotFoundError(f"no pushed model in {layout.pushed}; {way_out}")


def _is_model(folder: Path) -> bool:
    return (folder / "saved_model.pb").is_file()


def trained_on(model_dir: Path) -> str:
    """Returns the windows of HU that a model's slices show, "" for one of grey images.

    Raises:
      OSError: The folder holds no SavedModel.
    """
    if not _is_model(model_dir):
        raise FileNotFoundError(
            f"{model_dir} is not a SavedModel: it has no saved_model.pb; pushed models are numbered folders"
        )
    file = model_dir / TRAINED_ON_FILE
    if not file.is_file():
        return ""
    try:
        return TrainedOn.from_json(file.read_bytes(), str(file)).windows
    except AccountError:
        raise DataError(f"{file}: does not say what the model was trained on; copy the model anew") from None


def wrong_kind(what: str, windows: str) -> str:
    """Returns what to say of data of the kind that a model of these windows was not trained on."""
    if windows:
        return (
            f"{what}: the model was trained on DICOM slices in Hounsfield units (windows {windows}); an "
            "exported image has lost them; give the DICOM files, or a model that was trained on images"
        )
    return (
        f"{what}: the model was trained on exported grey images; a DICOM slice would look otherwise to it; "
        "give images as it was trained on, or a model that was trained on DICOM"
    )


def load_model(model_dir: Path) -> "ServedModel":
    """Loads a SavedModel, and TensorFlow with it."""
    from components.served_model import ServedModel

    return ServedModel(str(model_dir))
