import json
import stat
from pathlib import Path

import pytest

from pipeline.kubeflow.files import private_key
from tests.compiled import compiled

pytestmark = pytest.mark.tfx


def test_the_key_of_a_secret_that_all_may_read_is_copied_for_the_step_alone(tmp_path):
    mounted = tmp_path / "patient.key"
    mounted.write_bytes(bytes(range(32)))
    mounted.chmod(0o644)
    parameters = compiled().pipeline["root"]["dag"]["tasks"]["SliceExampleGen"]["inputs"]["parameters"]
    text = parameters["params_json"]["runtimeValue"]["constant"]
    assert json.loads(text)["key_file"] == "/etc/ichor/key/patient.key"
    given = {"params_json": json.dumps(json.loads(text) | {"key_file": str(mounted)})}
    copy = Path(json.loads(private_key(given)["params_json"])["key_file"])
    assert copy != mounted
    assert copy.read_bytes() == mounted.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    mounted.chmod(0o400)
    assert private_key(given) == given
