"""Public sets in small, made from phantoms, and the importer called as a user calls it."""

import csv
import dataclasses
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from components.ingest.params import IngestParams
from components.phantoms.dataset import write_dataset
from components.phantoms.params import PhantomFolderParams
from pipeline.cli import main
from pipeline.settings.loading import load

Snapshot = dict[str, tuple[bytes, int]]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The outcome of a call of `ichor import`."""

    status: int
    said: str
    error: str
    out: Path

    @property
    def rows(self) -> list[dict[str, str]]:
        return _rows(self.out / "labels.csv")

    @property
    def left_out(self) -> list[tuple[str, str, str]]:
        """Kind, reason and what, without the detail."""
        return [(row["kind"], row["reason"], row["what"]) for row in _rows(self.out / "left_out.csv")]

    def details(self) -> list[str]:
        return [row["detail"] for row in _rows(self.out / "left_out.csv")]

    def links(self) -> dict[str, Path]:
        """Where each link leads."""
        return {
            path.relative_to(self.out).as_posix(): path.readlink()
            for path in sorted(self.out.rglob("*"))
            if path.is_symlink()
        }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def import_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICHOR_CONFIG", raising=False)

    def call(name: str, src: Path, *more: str, out: Path = tmp_path / "out") -> Outcome:
        capsys.readouterr()
        status = main(["import", name, str(src), "--out", str(out), *more])
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err, out)

    return call


@pytest.fixture
def ingest() -> IngestParams:
    """The default settings of a run."""
    return load(None, [], read_file=False).config.ingest


@pytest.fixture
def snapshot() -> Callable[[Path], Snapshot]:
    """Reads all that an import could change in a folder."""

    def read(folder: Path) -> Snapshot:
        return {
            path.relative_to(folder).as_posix(): (
                path.read_bytes() if path.is_file() else b"",
                path.lstat().st_mtime_ns,
            )
            for path in sorted(folder.rglob("*"))
        }

    return read


@pytest.fixture(scope="session")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Phantoms as PNG in class folders with their own table, the known answer."""
    folder = tmp_path_factory.mktemp("phantoms") / "heads"
    few = {"patients": 4, "seed": 0, "side": 64, "slices_per_series": 6, "hemorrhage_share": 0.5}
    write_dataset(folder, PhantomFolderParams(**few, format="png"))
    return folder


@pytest.fixture
def write_ct() -> Callable[..., Path]:
    """Writes a slice with the elements that files of RSNA 2019 have, and no others."""

    def write(path: Path, sop: str, patient: str, study: str, place: int = 0, series: int = 1) -> Path:
        pixels = np.zeros((64, 64), np.int16)
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
        dataset.file_meta.MediaStorageSOPInstanceUID = "2.25.1"
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.Modality, dataset.PatientID, dataset.StudyID = "CT", patient, ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ID_0123abcd is no UID
            dataset.SOPInstanceUID, dataset.StudyInstanceUID = sop, study
            dataset.SeriesInstanceUID = f"{study}{series}"
        dataset.ImagePositionPatient, dataset.ImageOrientationPatient = [0, 0, 5 * place], [1, 0, 0, 0, 1, 0]
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.PixelSpacing = [0.5, 0.5]
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
        dataset.PixelRepresentation = 1
        dataset.WindowCenter, dataset.WindowWidth = 40, 80
        dataset.RescaleIntercept, dataset.RescaleSlope = 0, 1
        dataset.PixelData = pixels.tobytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset.save_as(path, enforce_file_format=True)
        return path

    return write
