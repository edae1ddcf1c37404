"""Shell completion as a user meets it: TAB, typed into a shell that has read the script."""

import subprocess
from pathlib import Path

import pytest

from pipeline.cli import COMMANDS, main

pytestmark = pytest.mark.numpy

# In the place of the command: what it is called with, once TAB has completed it.
STAND_IN = "ichor() { printf 'called: <%s>\\n' \"$*\"; }"


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", "bash"]) == 0
    path = tmp_path / "ichor.bash"
    path.write_text(capsys.readouterr().out)
    return path


def completed(script: Path, *lines: str) -> list[str]:
    """Returns what `ichor` is called with by lines that are typed into bash, in the script's folder."""
    typed = "\n".join([f"source {script}", STAND_IN, *(f"ichor {line}" for line in lines), "exit", ""])
    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-i"],
        input=typed,
        cwd=script.parent,
        env={"TERM": "dumb", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [line[9:-1] for line in done.stdout.splitlines() if line.startswith("called: <")]


def test_tab_completes_the_name_of_a_command(script):
    assert completed(script, "pre\t", "tens\t", "compl\tbash") == [
        "predict",
        "tensorboard",
        "completion bash",
    ]


def test_tab_completes_the_flags_of_each_command(script):
    assert completed(script, *(f"{name} --hel\t" for name in COMMANDS)) == [
        f"{name} --help" for name in COMMANDS
    ]
    assert completed(script, "run --da\t x", "predict --cs\t") == ["run --data x", "predict --csv"]


def test_tab_completes_paths_and_a_folder_where_a_folder_is_meant(script):
    (script.parent / "slices").mkdir()
    (script.parent / "slices.txt").touch()
    lines = (
        "run --data sl\t",
        "inspect sl\t",
        "submit slices.\t",
        "predict slices.\t",
        "compile -o slices.\t",
    )
    assert completed(script, *lines) == [
        "run --data slices/", "inspect slices/", "submit slices.txt", "predict slices.txt",
        "compile -o slices.txt",
    ]  # fmt: skip


def test_tab_completes_presets_and_settings_whose_value_follows_at_once(script):
    assert completed(script, "run --preset d\t", "run --set trainer.epo\t3") == [
        "run --preset demo",
        "run --set trainer.epochs=3",
    ]


def test_the_script_for_zsh_knows_each_command(capsys):
    assert main(["completion", "zsh"]) == 0
    script = capsys.readouterr().out
    assert script.startswith("#compdef ichor\n")
    assert [name for name in COMMANDS if f"\n    {name}:'" not in script] == []


def test_another_shell_is_refused_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["completion", "tcsh"])
    assert "invalid choice: 'tcsh' (choose from 'bash', 'zsh')" in capsys.readouterr().err
