"""Bulk load: NDJSON lines of resources with the ids of another server, taken in part by part.

An id of the sender's server becomes a source identifier of the facility (kind `muat`, value `Type/id`), so that the
same file again changes nothing, and a reference between lines is found whatever order they come in: lines whose
reference leads to nothing yet are tried again when all others are stored.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, json, parse_reference, references
from hub.fhir.systems import SID
from hub.model import Issue, Mapped, Origin, Principal
from hub.parts import Hub
from hub.pipeline.interactions import origin_of
from hub.pipeline.part import store_part

PART = 500
MOST_WAITING = 100_000
"""Lines that may wait for what they refer to."""
MOST_FAULTS = 1_000
"""Faulty lines that are told one by one; the others are counted."""
_DAY_MS = 86_400_000
_TYPES = frozenset(RESOURCE_TYPES)
_UNMET = "HUB-3101"
"""A reference leads to nothing (yet)."""


@dataclass(slots=True)
class Loaded:
    """What became of the lines: how many were created, corrected, unchanged and refused, and why (by line);
    `waiting`: those that refer to what is not there yet; `tell` hears of each stored one its old and new reference."""

    counts: dict[str, int] = field(default_factory=lambda: {"created": 0, "corrected": 0, "unchanged": 0, "refused": 0})
    issues: list[Issue] = field(default_factory=list)
    waiting: int = 0
    tell: Callable[[str, str], object] | None = None

    def refuse(self, issues: Iterable[Issue]) -> None:
        """Count a refused line and keep why, up to MOST_FAULTS lines."""
        self.counts["refused"] += 1
        if self.counts["refused"] <= MOST_FAULTS:
            self.issues += issues


Line = tuple[int, bytes]
"""A line's number from 1, and its bytes."""


def load(
    hub: Hub,
    who: Principal,
    lines: Iterable[Line],
    types: frozenset[str] = _TYPES,
    tell: Callable[[str, str], object] | None = None,
) -> Loaded:
    """Store every good line as the caller's facility's own; a faulty one is refused by itself and named by its number.

    `types`: what the caller may write; a line of another type is refused. Blank lines are passed over. `tell` is told
    "Type/id" of the sender's server and of the hub for each line that is stored or was already.
    """
    run, origin = Loaded(tell=tell), origin_of(hub, who, "bulk")
    waiting = list(_store(hub, origin, run, lines, types))
    while waiting:
        before, run.waiting = len(waiting), 0
        waiting = list(_store(hub, origin, run, [line for line, _ in waiting], types))
        if len(waiting) == before:
            break
    for _, issues in waiting:
        run.refuse(issues)
    return run


def _store(
    hub: Hub, origin: Origin, run: Loaded, lines: Iterable[Line], types: frozenset[str]
) -> Iterator[tuple[Line, list[Issue]]]:
    """Store lines part by part; yields those whose references lead to nothing yet."""
    held: list[tuple[Line, Mapped]] = []
    contents: dict[str | None, Any] = {}
    for line in lines:
        try:
            mapped = _mapped(hub, origin, line, types)
        except HubError as error:
            run.refuse(_placed(issue, line[0]) for issue in error.issues)
            continue
        if mapped is None:
            continue
        # of one id in one part only one content could stand: the later line is a version of its own, as in a later part
        if len(held) == PART or contents.setdefault(mapped.source, mapped.resource) != mapped.resource:
            yield from _part(hub, origin, run, held)
            held, contents = [], {mapped.source: mapped.resource}
        held.append((line, mapped))
    yield from _part(hub, origin, run, held)


def _part(hub: Hub, origin: Origin, run: Loaded, held: list[tuple[Line, Mapped]]) -> Iterator[tuple[Line, list[Issue]]]:
    """One part, one transaction: what is refused in it does not stop the rest."""
    if not held:
        return
    for (line, mapped), stored in zip(held, store_part(hub, origin, [mapped for _, mapped in held]), strict=True):
        issues = [_placed(issue, line[0]) for issue in stored.issues]
        if stored.is_refused and run.waiting < MOST_WAITING and _is_early(issues):
            run.waiting += 1
            yield line, issues
        elif stored.is_refused:
            run.refuse(issues)
        else:
            outcome = stored.linked.outcome if stored.linked is not None else "unchanged"
            run.counts[outcome] += 1
            if run.tell is not None and stored.linked is not None and mapped.source is not None:
                run.tell(mapped.source.partition("|")[2], f"{mapped.type}/{stored.linked.id}")


def _is_early(issues: list[Issue]) -> bool:
    """Nothing is wrong but that what it refers to is not there."""
    return all(issue.code == _UNMET for issue in issues if issue.severity in ("error", "fatal"))


def _mapped(hub: Hub, origin: Origin, line: Line, types: frozenset[str]) -> Mapped | None:
    """A line as a stage item. INCORRECT for what is no resource, or has no id to be known by."""
    if not line[1].strip():
        return None
    resource = json.read(line[1])
    type_ = resource.get("resourceType") if isinstance(resource, dict) else None
    id_ = resource.get("id") if isinstance(resource, dict) else None
    if type_ not in types or not isinstance(id_, str):
        raise _unfit("HUB-4460" if type_ not in types else "HUB-4461")
    for holder, reference in references(resource):
        local = parse_reference(reference)
        if local is not None and hub.ids.decode(local.id) is None and not _is_facility(hub, local.type, local.id):
            holder["reference"] = f"{local.type}?identifier={_source(origin, local.type, local.id)}"
    return Mapped(type_, resource, _source(origin, type_, id_), asof_day=origin.received_ms // _DAY_MS)


def _source(origin: Origin, type_: str, id_: str) -> str:
    return f"{SID}{origin.facility}/muat|{type_}/{id_}"


def _is_facility(hub: Hub, type_: str, id_: str) -> bool:
    return type_ == "Organization" and id_ in hub.facilities


def _placed(issue: Issue, number: int) -> Issue:
    """The issue with the line it is about; a line is a document of its own, whose first line is this one."""
    args = {**issue.args, "line": str(number)} if "line" in issue.args else issue.args
    return replace(issue, row=number, args=args)


def _unfit(code: str) -> HubError:
    return HubError(Category.INCORRECT, Issue(code))
