"""The contract of an adapter folder, checked for every folder by one test and by `hub adapter check NAME`."""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

from hub.errors import text
from hub.mapping.adapter import Adapter
from hub.mapping.goldens import RECEIVED_MS, golden_faults, sample_facility, samples
from hub.mapping.mapper import map_record
from hub.mapping.report import Rules, check_report, read_any
from hub.mapping.template import template, template_csv

MAX_LINES = 200
_OUR_FAULTS = ("HUB-2090", "HUB-2091")
_LEAST_README = 200
_ALLOWED = frozenset(
    {"hub.mapping", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "re", "typing"}
)


def contract_faults(adapter: Adapter, rules: Rules | None = None) -> list[str]:
    """Everything in which a folder breaks the contract, in words; empty = it holds. `rules` adds a validator."""
    faults = [*_folder_faults(adapter), *_import_faults(adapter), *golden_faults(adapter)]
    for path in samples(adapter):
        faults += _sample_faults(adapter, path, rules)
    faults += _template_faults(adapter, rules)
    return faults


def _folder_faults(adapter: Adapter) -> Iterator[str]:
    readme = adapter.folder / "README.md"
    if not readme.is_file() or len(readme.read_text(encoding="utf-8")) < _LEAST_README:
        yield f"README.md: missing or under {_LEAST_README} characters: tell what the source is, how its files are made"
    if not samples(adapter):
        yield "sample/: no sample file"
    for path in adapter.folder.glob("*.py"):
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES:
            yield f"{path.name}: more than {MAX_LINES} lines; split it by group of resources"


def _import_faults(adapter: Adapter) -> Iterator[str]:
    """An adapter sees hub.mapping and a few pure modules of Python; it can do no I/O."""
    for path in sorted(adapter.folder.glob("*.py")):
        for name in _imports(path):
            if not any(name == allowed or name.startswith(allowed + ".") for allowed in _ALLOWED):
                yield f"{path.name}: imports {name}; an adapter may import only hub.mapping"


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "__import__"}:
            yield f"{node.func.id}()"


def _sample_faults(adapter: Adapter, path: Path, rules: Rules | None) -> list[str]:
    facility = sample_facility(adapter, path.name)
    report = check_report(adapter, path.read_bytes(), path.name, facility, received_ms=RECEIVED_MS, rules=rules)
    faults = [
        f"{path.name}: field {name} is neither taken nor ignored ({rows} rows)" for name, rows in report.unused.items()
    ]
    faults += [
        f"{path.name} row {issue.row}: {text(issue, 'en')}" for issue in report.issues if issue.code in _OUR_FAULTS
    ]
    faults += [f"{path.name}: {objection} ({times}x)" for objection, times in report.objections.items()]
    context = adapter.context(facility, path.name, RECEIVED_MS)
    for record in read_any(adapter, path.read_bytes(), path.name, facility).records:
        first = copy.deepcopy(map_record(adapter, record, context))
        if map_record(adapter, record, context) != first:
            faults.append(f"{path.name} row {record.row}: mapping it twice gives two results")
        again = map_record(adapter, type(record).from_raw(record.row, record.raw()), context)
        if again.mapped != first.mapped:
            faults.append(f"{path.name} row {record.row}: a replay from quarantine gives another result")
        sources = [item.source for item in first.mapped]
        if len(set(sources)) != len(sources) or None in sources:
            faults.append(f"{path.name} row {record.row}: two resources share a source identifier, or one has none")
    return faults


def _template_faults(adapter: Adapter, rules: Rules | None) -> Iterator[str]:
    """The template passes its own check; nobody fills in a source with groups, which is a database or sends JSON."""
    if adapter.manifest.groups:
        return
    for name, data in (("template.xlsx", template(adapter)), ("template.csv", template_csv(adapter))):
        facility = sample_facility(adapter, name)
        report = check_report(adapter, data, name, facility, received_ms=RECEIVED_MS, rules=rules)
        if report.accepted != 1 or not report.is_clean or report.issues:
            codes = ", ".join(f"{issue.code} {issue.column or ''}".strip() for issue in report.issues)
            yield f"{name}: its example row does not pass its own check ({codes})"
