import logging
import stat

import pytest

from components.ingest import identity
from components.slices.errors import DataError

pytestmark = pytest.mark.numpy

KEY = b"0123456789abcdef0123456789abcdef"


def test_a_hash_is_hmac_sha256_of_kind_and_text_cut_to_128_bits():
    # printf 'patient\0P7' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    assert identity.keyed_hash(KEY, "patient", "P7") == "c0b0fa2ab079c962f89a804bdaf949d7"
    assert identity.patient_id(KEY, "P7") == identity.keyed_hash(KEY, "patient", "P7")


def test_key_kind_text_and_seed_all_matter():
    hashes = {
        identity.patient_id(KEY, "P7"),
        identity.patient_id(KEY, "P8"),
        identity.patient_id(KEY[::-1], "P7"),
        identity.slice_id(KEY, "P7"),
        identity.split_key(KEY, "P7", 0),
        identity.split_key(KEY, "P7", 1),
    }
    assert len(hashes) == 6
    assert identity.key_fingerprint(KEY) != identity.key_fingerprint(KEY[::-1])


def test_a_name_that_is_no_unicode_is_hashed_too():
    assert len(identity.slice_id(KEY, b"M\xfcller.png".decode("utf-8", "surrogateescape"))) == 32


def test_a_missing_key_is_made_once_for_its_owner_alone(tmp_path, caplog):
    path = tmp_path / "config" / "ichor" / "patient.key"
    with caplog.at_level(logging.WARNING, "ichor.ingest"):
        key = identity.load_key(path)
    assert f"made a new key for patient ids, {path}: keep it" in caplog.text
    assert len(key) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert identity.load_key(path) == key
    assert identity.load_key(tmp_path / "another.key") != key


def test_the_own_key_lies_in_the_home_folder(params, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    own = params.model_copy(update={"key_file": ""})
    assert identity.key_path(own) == tmp_path / ".config/ichor/patient.key"
    assert identity.key_path(params.model_copy(update={"key_file": "~/k"})) == tmp_path / "k"


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_that_others_may_read_is_refused(tmp_path, mode):
    path = tmp_path / "k"
    path.write_bytes(KEY)
    path.chmod(mode)
    message = rf"key file {path}: others may read it \(mode {mode:04o}\), .*; chmod 600 {path}"
    with pytest.raises(DataError, match=message):
        identity.load_key(path)


def test_a_key_that_is_short_or_no_file_is_refused(tmp_path):
    path = tmp_path / "k"
    path.write_bytes(KEY[:31])
    path.chmod(0o600)
    with pytest.raises(DataError, match=r"expected at least 32 bytes, got 31; delete it to have a new one"):
        identity.load_key(path)
    with pytest.raises(DataError, match=r"cannot be read or made \(Is a directory\); set ingest.key_file"):
        identity.load_key(tmp_path)
    with pytest.raises(DataError, match=r"cannot be read or made \(File exists\)"):
        identity.load_key(path / "below")


def test_who_has_the_key_finds_the_file_of_a_slice(data_dir, draw, params):
    draw(data_dir / "normal" / "P7_1.png")
    draw(data_dir / "normal" / "P7_2.png")
    key = identity.load_key(identity.key_path(params))
    wanted = identity.slice_id(key, "normal/P7_2.png")
    assert identity.locate(data_dir, params, [wanted, "0" * 32]) == {wanted: "normal/P7_2.png"}


def test_locating_with_a_key_that_is_not_there_makes_none(tmp_path, params):
    missing = params.model_copy(update={"key_file": str(tmp_path / "mistyped")})
    with pytest.raises(
        DataError, match=r"mistyped: no such file; set ingest.key_file to the one that the run used"
    ):
        identity.locate(tmp_path, missing, ["0" * 32])
    assert not (tmp_path / "mistyped").exists()
