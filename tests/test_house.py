"""The house rules: import contracts, file length, names, codes with texts, settings and commands in the docs."""

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from hub.audit import EVENTS
from hub.cli.main import app
from hub.config import Config
from hub.errors import Category, catalogue
from hub.mapping import load_adapters

ROOT = Path(__file__).parents[1]
CODE = ("hub", "adapters", "connectors", "bench", "fixtures", "tests", "migrations")
ISSUE_TYPES = set(
    """
    invalid structure required value invariant security login unknown expired forbidden suppressed processing
    not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule
    conflict transient lock-error no-store exception timeout incomplete throttled informational
    """.split()  # noqa: SIM905 (a table to be read)
)


def python_files() -> list[Path]:
    return [
        path
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts and "__pycache__" not in path.parts
    ]


def test_import_contracts_hold() -> None:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        str(ROOT / ".importlinter"),
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_the_program_is_made_of_is_ignored_by_git() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("a source archive without git")
    names = "\n".join(str(path.relative_to(ROOT)) for path in python_files())
    command = ["git", "check-ignore", "--no-index", "--stdin"]
    done = subprocess.run(command, cwd=ROOT, input=names, capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_no_file_passes_300_lines() -> None:
    long = {str(path.relative_to(ROOT)): n for path in python_files() if (n := path.read_text().count("\n")) > 300}
    assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    banned = {"utils", "common", "helpers", "manager", "base", "misc", "core"}
    assert not [path for path in python_files() if path.stem in banned or path.parent.name in banned]


def test_second_opinion_is_the_only_user_of_fhir_resources() -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "hub").rglob("*.py")
        if re.search(r"^\s*(from|import) fhir(\.|\s)|import_module\(f?\"fhir\.", path.read_text(), re.MULTILINE)
    ]
    assert users == ["hub/mapping/second_opinion.py"]


def test_every_code_in_the_program_has_its_texts() -> None:
    used = {
        code
        for folder in ("hub", "adapters")
        for path in (ROOT / folder).rglob("*.py")
        for code in re.findall(r"\"(HUB-\d{4})\"", path.read_text(encoding="utf-8"))
    }
    assert used - catalogue().keys() == set()


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_code_has_a_fhir_type_and_four_texts(code: str) -> None:
    entry = catalogue()[code]
    assert re.fullmatch(r"HUB-\d{4}", code)
    assert entry.kind in ISSUE_TYPES
    for text in (entry.id, entry.en, entry.fix_id, entry.fix_en):
        assert len(text) > 8 or (entry.kind == "informational" and not text)  # what is only told needs no fix
        assert text.count("{") == text.count("}")
    assert entry.id != entry.en


def test_settings_are_documented() -> None:
    text = (ROOT / "docs/operations.md").read_text()
    read = set(re.findall(r"\"(HUB_[A-Z_]+)\"", (ROOT / "hub/config.py").read_text()))
    assert {name for name in read if f"`{name}`" not in text} == set()
    assert {field.name for field in fields(Config)} >= {"home", "port", "database_url", "keys_url"}


def test_audit_events_are_documented() -> None:
    text = (ROOT / "docs/privacy.md").read_text()
    assert [name for name in EVENTS if f"`{name}`" not in text] == []


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs/operations.md").read_text()
    found = [info.name or "" for info in (*app.registered_groups, *app.registered_commands)]
    assert len(found) > 20
    assert [name for name in found if not re.search(rf"`hub {re.escape(name)}\b", text)] == []


def test_error_categories_reach_http_in_one_table() -> None:
    text = (ROOT / "hub/api/errors.py").read_text()
    assert [category for category in Category if f"Category.{category.name}" not in text] == []


def test_adapters_are_documented() -> None:
    for name, adapter in load_adapters(ROOT / "adapters").items():
        assert (adapter.folder / "README.md").read_text().strip(), name


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "adapters").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_decisions_name_a_check_that_exists() -> None:
    missing = []
    for page in sorted((ROOT / "docs/adr").glob("*.md")):
        enforced = page.read_text().partition("## Enforced by")[2]
        for name in re.findall(r"`((?:tests|hub|docs|\.ci)/[\w./-]+)`", enforced):
            if not (ROOT / name).exists():
                missing.append(f"{page.name}: {name}")
    assert missing == []


def test_locks_have_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        lines = (ROOT / name).read_text().splitlines()
        assert not [line for line in lines if "://" in line or "index" in line.split("=")[0]]
        assert sum("--hash=sha256:" in line for line in lines) > len([line for line in lines if "==" in line])


def test_no_file_names_this_machine_or_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:  # a source archive without git
        tracked = [str(path.relative_to(ROOT)) for path in python_files()]
    banned = re.compile(r"(?<![\w.~])/(?:root|home|Users)/|--(?:extra-)?index.url|://[^\s\"')]*/simple\b")
    found = []
    for name in tracked:
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".toml", ".lock", ".json", ".ini", ""}
            and path.is_file()
            and path != Path(__file__)
        ):
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += [f"{name}: {hit}" for hit in banned.findall(text)]
    assert found == []


def test_the_project_file_pins_what_the_lock_has() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    lock = (ROOT / "requirements.lock").read_text().lower()
    names = [re.split(r"[\[<>=]", name)[0].strip().lower().replace(".", "-") for name in wanted]
    assert [name for name in names if f"\n{name}==" not in "\n" + lock] == []
