"""What a forge reads: the workflow of continuous integration, and the forms of issues and pull requests."""

import re
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")


def test_continuous_integration_runs_what_the_readme_names_and_nothing_else():
    (job,) = yaml.safe_load(WORKFLOW)["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_continuous_integration_may_only_read_and_ends_by_itself():
    workflow = yaml.safe_load(WORKFLOW)
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in job
    assert 0 < job["timeout-minutes"] <= 90


def test_every_action_is_pinned_to_a_commit_whose_version_is_named():
    used = re.findall(r"uses: (.*)", WORKFLOW)
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_continuous_integration_takes_the_python_that_set_up_needs():
    needed = re.search(
        r"^PYTHON_NEEDED=(\S+)$", (ROOT / "tools" / "preflight.sh").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert needed is not None
    assert f'python-version: "{needed[1]}"' in WORKFLOW


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_an_issue_can_only_be_filed_by_somebody_who_says_that_it_holds_no_patient_data(form: Path):
    fields = yaml.safe_load(form.read_text(encoding="utf-8"))["body"]
    boxes = [
        box for field in fields if field["type"] == "checkboxes" for box in field["attributes"]["options"]
    ]
    assert [box["required"] for box in boxes if "no patient data" in box["label"]] == [True]
    assert "Attach no patient data" in fields[0]["attributes"]["value"]


def test_no_issue_goes_around_the_forms():
    assert len(FORMS) == 3
    config = (ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(config)["blank_issues_enabled"] is False


def test_a_pull_request_says_that_it_holds_no_patient_data():
    template = (ROOT / ".github" / "pull_request_template.md").read_text(encoding="utf-8")
    assert "- [ ] It holds no patient data" in template
