"""Who may import whom: `schemas <- components <- pipeline`, and no node another node."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "components", "pipeline")
MAY_IMPORT = {
    "schemas": {"schemas"},
    "components": {"schemas", "components"},
    "pipeline": {"schemas", "components", "pipeline"},
}
# What every node may use.
SHARED = {
    "imaging", "metrics", "slices", "parameters", "fingerprint", "artifacts", "example_sets", "served_model",
    "scored_slices",
}  # fmt: skip
ROOMS_MAY_IMPORT = {
    "imaging": set(),
    "metrics": {"parameters"},
    "slices": {"imaging", "parameters"},
    "served_model": set(),
    "scored_slices": {"served_model"},
    "artifacts": set(),
    "phantoms": {"imaging", "parameters"},
    "public_sets": set(),
    "parameters": set(),
    "fingerprint": set(),
    "example_sets": set(),
}
# The rooms of `pipeline`, from the ground up: a room may import those before it, and the face imports all.
PIPELINE_ROOMS = {
    "exit_codes": set(),
    "nodes": set(),
    "terminal": {"exit_codes"},
    "settings": set(),
    "past_runs": {"exit_codes", "nodes", "settings", "terminal"},
    "pushed": {"settings", "terminal"},
    "inspection": {"settings", "terminal"},
    "beam": {"settings"},
    "tracking": {"settings", "past_runs"},
    "graph": {"nodes", "settings", "beam"},
    "local_runner": {"settings", "terminal", "beam", "graph", "past_runs", "tracking"},
    "session": {"settings", "terminal", "past_runs", "beam", "tracking", "local_runner"},
    "kubeflow": {"exit_codes", "nodes", "settings", "terminal", "beam", "graph"},
    "commands": {
        "exit_codes", "nodes", "settings", "terminal", "past_runs", "pushed", "inspection", "beam",
        "kubeflow", "session",
    },
    "cli": {"exit_codes", "commands", "settings", "terminal"},
    "kubeflow_runner": {"cli"},
}  # fmt: skip
HEAVY = ("tensorflow", "tfx", "keras", "tf_keras", "apache_beam", "ml_metadata", "kfp")
PURE_ROOMS = (
    "components.imaging", "components.metrics", "components.slices", "components.phantoms",
    "components.public_sets", "components.parameters", "components.fingerprint",
)  # fmt: skip
PURE_MODULES = ("params", "rules")
IMPORT_WHEN_CALLED = ("components.trainer.trunks",)  # settings name what these build


def modules(root: Path) -> dict[str, Path]:
    """Returns the files of the three packages by module name; a package's own is its `__init__`."""
    paths = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return paths


def imports(module: str, path: Path, anywhere: bool = True) -> set[str]:
    """Returns what a file imports, anywhere or at its top: dotted names, imported names at their end."""
    names = set()
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if anywhere else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            names |= {f"{source}.{alias.name}" for alias in node.names}
    return names


def room(name: str) -> str:
    """Returns the folder or file directly below a package that a dotted name belongs to."""
    return name.split(".")[1]


def wrong_directions(root: Path) -> list[str]:
    """Returns a line for each import that points against the drawing."""
    wrong = []
    for module, path in modules(root).items():
        package = module.split(".")[0]
        for name in sorted(imports(module, path)):
            top = name.split(".")[0]
            if top == "tests" or (top in PACKAGES and top not in MAY_IMPORT[package]):
                wrong.append(f"{module} imports {name}: {package} may not import {top}")
            elif package == top == "components" and module != "components":
                allowed = ROOMS_MAY_IMPORT.get(room(module), SHARED) | {room(module)}
                if room(name) not in allowed:
                    wrong.append(f"{module} imports {name}: {room(module)} may not import {room(name)}")
            elif package == top == "pipeline" and module != "pipeline":
                allowed = PIPELINE_ROOMS.get(room(module), set()) | {room(module)}
                if room(name) not in allowed:
                    wrong.append(f"{module} imports {name}: {room(module)} may not import {room(name)}")
    return wrong


def commands_that_import_others(root: Path) -> list[str]:
    """Returns a line for each module of a command that imports another's; the shared flags are for all."""
    files = {name: path for name, path in modules(root).items() if name.startswith("pipeline.commands.")}
    own = files.keys() - {"pipeline.commands.arguments"}
    return [
        f"{module} imports {name}: what commands share has a room of its own"
        for module, path in files.items()
        for name in sorted(imports(module, path))
        if any(f"{name}.".startswith(f"{other}.") for other in own - {module})
    ]


def heavy_imports(root: Path) -> list[str]:
    """Returns a line for each module that has to be pure NumPy and reaches TensorFlow, TFX or Beam."""
    files = modules(root)
    wrong = []
    for module in files:
        if not module.startswith(PURE_ROOMS) and module.split(".")[-1] not in PURE_MODULES:
            continue
        for reached in sorted(reached_from(module, files)):
            wrong += [
                f"{module} must do without {name}, imported by {reached}"
                for name in sorted(imports(reached, files[reached], reached not in IMPORT_WHEN_CALLED))
                if name.split(".")[0].startswith(HEAVY)
            ]
    return wrong


def reached_from(module: str, files: dict[str, Path]) -> set[str]:
    """Returns a module and all of the project's modules that it imports, itself or through others."""
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current in reached:
            continue
        reached.add(current)
        for name in imports(current, files[current]):
            parts = name.split(".")
            above = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
            waiting += [name for name in above if name in files]
    return reached


def test_the_project_points_one_way():
    assert wrong_directions(ROOT) == []


def test_no_command_imports_another():
    assert commands_that_import_others(ROOT) == []


def test_pure_rooms_reach_no_tensorflow_tfx_or_beam():
    assert heavy_imports(ROOT) == []


def test_the_rules_see_the_project():
    known = {"schemas.records", "components.imaging.intensity", "components.ingest.params", "pipeline.graph"}
    assert known <= modules(ROOT).keys()
    assert "schemas.features" in imports("schemas.records", ROOT / "schemas" / "records.py")


def _tree(root: Path, sources: dict[str, str]) -> Path:
    for package in PACKAGES:
        (root / package).mkdir()
        (root / package / "__init__.py").touch()
    for name, source in sources.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source)
    return root


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        (
            "schemas/a.py",
            "import components.imaging",
            "schemas.a imports components.imaging: schemas may not import components",
        ),
        (
            "schemas/a.py",
            "from pipeline import config",
            "schemas.a imports pipeline.config: schemas may not import pipeline",
        ),
        (
            "components/ingest/a.py",
            "def f():\n    from pipeline.settings.config import X",
            "components.ingest.a imports pipeline.settings.config.X: components may not import pipeline",
        ),
        (
            "components/ingest/a.py",
            "from components.slice_filter import rules",
            "components.ingest.a imports components.slice_filter.rules: ingest may not import slice_filter",
        ),
        (
            "components/ingest/a.py",
            "from ..trainer.run import run_fn",
            "components.ingest.a imports components.trainer.run.run_fn: ingest may not import trainer",
        ),
        (
            "components/ingest/a.py",
            "from components import trainer",
            "components.ingest.a imports components.trainer: ingest may not import trainer",
        ),
        (
            "components/ingest/__init__.py",
            "from ..phantoms import head",
            "components.ingest imports components.phantoms.head: ingest may not import phantoms",
        ),
        (
            "components/imaging/a.py",
            "import components.phantoms.head",
            "components.imaging.a imports components.phantoms.head: imaging may not import phantoms",
        ),
        (
            "components/phantoms/a.py",
            "from components.slices.table import read",
            "components.phantoms.a imports components.slices.table.read: phantoms may not import slices",
        ),
        (
            "pipeline/a.py",
            "from tests.test_x import y",
            "pipeline.a imports tests.test_x.y: pipeline may not import tests",
        ),
        (
            "pipeline/past_runs/a.py",
            "from pipeline.commands.summary import text",
            "pipeline.past_runs.a imports pipeline.commands.summary.text: past_runs may not import commands",
        ),
        (
            "pipeline/settings/a.py",
            "def f():\n    from pipeline import graph",
            "pipeline.settings.a imports pipeline.graph: settings may not import graph",
        ),
    ],
)
def test_an_import_against_the_drawing_is_named(tmp_path: Path, file: str, source: str, complaint: str):
    assert wrong_directions(_tree(tmp_path, {file: source})) == [complaint]


def test_a_command_that_imports_another_is_named(tmp_path: Path):
    sources = {
        "pipeline/commands/arguments.py": "",
        "pipeline/commands/run.py": "from pipeline.commands.arguments import add_json",
        "pipeline/commands/demo.py": "def f():\n    from pipeline.commands.run import run",
    }
    assert commands_that_import_others(_tree(tmp_path, sources)) == [
        "pipeline.commands.demo imports pipeline.commands.run.run: what commands share has a room of its own"
    ]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("components/imaging/a.py", "import tensorflow as tf"),
        ("components/phantoms/a.py", "from tfx.v1 import dsl"),
        ("components/slice_filter/rules.py", "def f():\n    import apache_beam"),
        ("components/trainer/params.py", "from tensorflow_transform import tf_metadata"),
        ("components/trainer/params.py", "def f():\n    import keras"),
    ],
)
def test_a_pure_module_that_imports_a_heavy_one_is_named(tmp_path: Path, file: str, source: str):
    (line,) = heavy_imports(_tree(tmp_path, {file: source}))
    assert line.startswith(file.removesuffix(".py").replace("/", "."))


def test_a_pure_module_may_not_reach_a_heavy_one_through_others(tmp_path: Path):
    tree = _tree(
        tmp_path,
        {
            "components/slice_filter/rules.py": "from components.slice_filter.a import b",
            "components/slice_filter/a.py": "from schemas.records import SliceRecord",
            "schemas/records.py": "import tensorflow as tf",
        },
    )
    assert heavy_imports(tree) == [
        "components.slice_filter.rules must do without tensorflow, imported by schemas.records"
    ]


def test_what_settings_name_imports_a_heavy_one_when_it_is_called_at_the_earliest(tmp_path: Path):
    params, trunks = "components/trainer/params.py", "components/trainer/trunks.py"
    tree = _tree(tmp_path, {params: "import components.trainer.trunks", trunks: "def f():\n    import keras"})
    assert heavy_imports(tree) == []
    (tmp_path / trunks).write_text("import keras")
    assert heavy_imports(tree) == [
        "components.trainer.params must do without keras, imported by components.trainer.trunks"
    ]


def test_what_the_drawing_allows_is_not_named(tmp_path: Path):
    tree = _tree(
        tmp_path,
        {
            "components/slice_filter/transform.py": "import apache_beam\nfrom schemas import features\n"
            "from components.imaging import content\nfrom components.slice_filter.rules import judge",
            "components/slice_filter/rules.py": "import numpy\nfrom components.imaging.content import share",
            "components/imaging/content.py": "import numpy",
            "components/phantoms/head.py": "from components.imaging import intensity",
            "pipeline/graph.py": "import tfx\nfrom components.slice_filter import transform\nimport schemas",
        },
    )
    assert wrong_directions(tree) + heavy_imports(tree) == []
