"""Unmistakable identities in every place of a DICOM folder, and a search for them in what a run leaves."""

import base64
import csv
import gzip
import hashlib
import io
import re
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

NAME, FILE, UID_ROOT, DATE, COLUMN = "Qzxname", "qzxfile", "1.2.777314159265", "18430917", "qzxcolumn"
TOKENS = (NAME, FILE, UID_ROOT, DATE, COLUMN)
TEXTS = {"LO": 64, "SH": 16, "ST": 1024, "LT": 10240, "UT": 10240, "UC": 10240, "PN": 64}
# What a CT image is read by; everything else is overwritten or added.
NEEDED = {"Modality", "ImageType", "SpecificCharacterSet", "PhotometricInterpretation", "RescaleType"}
UIDS = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID")
PATCHES = 24  # bytes of a compressed stream's beginning that zlib needs to see that it is none


def plant(folder: Path) -> list[str]:
    """Rewrites a folder of DICOM phantoms with its `labels.csv`; returns the patients' names.

    Every attribute of the standard's dictionary that holds text, a name, a date or a UID gets one, private
    ones too, and files and folders are called by patients.
    """
    with (folder / "labels.csv").open() as file:
        label_of = {row["SOPInstanceUID"]: row["hemorrhage"] for row in csv.DictReader(file)}
    rows, patients, numbers = [], {}, {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "labels.csv"):
        dataset = pydicom.dcmread(path)
        patient = patients.setdefault(str(dataset.PatientID), f"{NAME}{len(patients):03d}")
        label = label_of[str(dataset.SOPInstanceUID)]
        for keyword in UIDS:
            number = numbers.setdefault(dataset[keyword].value, len(numbers))
            setattr(dataset, keyword, f"{UID_ROOT}.{number}")
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        _fill(dataset, patient)
        dataset.PatientID = patient
        item = Dataset()
        _fill(item, patient)
        dataset.RequestAttributesSequence = Sequence([item])
        block = dataset.private_block(0x0099, f"{NAME} PRIVATE", create=True)
        block.add_new(0x01, "LO", f"{NAME} private")
        renamed = folder / f"{FILE} {patient}" / f"{FILE}^{patient}-{dataset.InstanceNumber}"
        renamed.parent.mkdir(exist_ok=True)
        dataset.save_as(renamed)
        path.unlink()
        rows.append(
            (dataset.SOPInstanceUID, label, f"{COLUMN} {patient}", f"{COLUMN} note of {patient}", DATE)
        )
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("SOPInstanceUID", "hemorrhage", "PatientName", "note", "birth date"))
        writer.writerows(rows)
    return list(patients.values())


def _fill(dataset: Dataset, patient: str) -> None:
    for tag, (vr, _, _, retired, keyword) in DicomDictionary.items():
        if not keyword or keyword in NEEDED or keyword in UIDS or retired or tag >> 16 in (0, 2, 0xFFFE):
            continue
        if keyword.endswith("TransferSyntaxUID") or keyword in ("SOPClassUID", "PatientAge", "PatientSex"):
            continue
        if vr in TEXTS:
            dataset.add_new(tag, vr, f"{patient} {keyword}"[: TEXTS[vr]])
        elif vr == "DA":
            dataset.add_new(tag, vr, DATE)
        elif vr == "DT":
            dataset.add_new(tag, vr, f"{DATE}101010")
        elif vr == "UI":
            dataset.add_new(tag, vr, f"{UID_ROOT}.999")


def found_in(folders: list[Path], tokens: list[str]) -> list[str]:
    """Returns a line for each token in any file or file name below some folders, however it is coded."""
    searched = {coded.lower(): token for token in tokens for coded in _codings(token)}
    pattern = re.compile(b"|".join(re.escape(coded) for coded in sorted(searched)))
    hits = []
    for path in (p for folder in folders for p in sorted(folder.rglob("*"))):
        contents = [str(path).encode()]
        if path.is_file() and not path.is_symlink():
            contents += _layers(path.read_bytes())
        for content in contents:
            hits += [f"{path}: {searched[hit]}" for hit in {m[0] for m in pattern.finditer(content.lower())}]
    return hits


def _codings(token: str) -> Iterator[bytes]:
    plain = token.encode()
    yield plain
    yield token.encode("utf-16-le")
    yield plain.hex().encode()
    yield urllib.parse.quote(f"{token} ").encode()[:-3]
    for shift in range(3):  # base64 of it at each place of a longer text
        yield base64.b64encode(b"\0" * shift + plain)[(0, 2, 3)[shift] : -4]
    for name in ("md5", "sha1", "sha256", "blake2b"):  # a hash without a key can be tested by guessing
        digest = hashlib.new(name, plain).digest()
        yield digest
        yield digest.hex().encode()


def _layers(data: bytes, depth: int = 4) -> Iterator[bytes]:
    """Yields a file's bytes and, where any part of them is compressed, what comes out."""
    yield data
    if not depth:
        return
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _layers(archive.read(name), depth - 1)
    for start in (match.start() for match in re.finditer(rb"\x1f\x8b\x08", data)):
        try:
            yield from _layers(zlib.decompressobj(31).decompress(data[start:]), depth - 1)
        except zlib.error:
            continue
    for start in (match.start() for match in re.finditer(rb"x[\x01\x5e\x9c\xda]", data)):
        try:
            opened = zlib.decompressobj()
            if opened.decompress(data[start : start + PATCHES], 1):
                yield zlib.decompressobj().decompress(data[start:])
        except zlib.error:
            continue


def write_everywhere(folder: Path, token: str) -> None:
    """Writes a token in each way that `found_in` is said to see, a file each."""
    folder.mkdir(parents=True)
    plain = f"some text before {token} and after it".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("inner.gz", gzip.compress(plain))
    contents = {
        "plain": plain,
        "utf16": plain.decode().encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "base64": base64.b64encode(plain),
        "base64-1": base64.b64encode(b"1" + plain),
        "base64-2": base64.b64encode(b"12" + plain),
        "gzip": b"before" + gzip.compress(plain),
        "zlib": b"before" + zlib.compress(plain),
        "zip-of-gzip": archive.getvalue(),
        "sha256": hashlib.sha256(token.encode()).digest(),
        "md5": hashlib.md5(token.encode()).hexdigest().encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / f"name-{token}").touch()
