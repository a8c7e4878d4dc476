"""batch: every entry by itself, in order; what fails fails alone. https://www.hl7.org/fhir/R4/http.html#brules"""

from collections.abc import Sequence
from typing import Any

from hub.access.costs import one_budget
from hub.access.yielding import give_way
from hub.errors import HubError
from hub.fhir import Answer, json, transaction_response
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline.entries import Entry, entry_of, is_reading, located
from hub.pipeline.interactions import (
    Written,
    create,
    delete,
    delete_where,
    update,
    update_where,
    written_again,
)
from hub.pipeline.once import Done, Once, of_entry, once_only, remember
from hub.pipeline.patching import patch, patch_where
from hub.pipeline.responses import Door, answer, may_show

Raw = dict[str, Any]


def batch(hub: Hub, who: Principal, raws: Sequence[Raw], door: Door, once: Once | None = None) -> bytes:
    """Carry out each entry and answer with the response Bundle. With a key each entry that changes something is carried
    out once by itself (a crash may come between two of them), and the whole is answered again."""

    def work() -> bytes:
        done: list[Done] = []
        answers = []
        with one_budget():
            for index, raw in enumerate(raws):
                made, told = _carried_out(hub, who, index, raw, door, of_entry(hub, once, index))
                done.append(made)
                answers.append(told)
        if once is not None:
            remember(hub, once, done)
        return json.write(transaction_response("batch", answers))

    def again(done: list[Done]) -> bytes:
        answers = []
        for index, raw in enumerate(raws):
            made = done[index]
            if is_reading(raw):
                made, told = _carried_out(hub, who, index, raw, door, None)
            else:
                told = answer(door, made, written_again(hub, who, made).body if may_show(door, made) else b"")
            answers.append(told)
        return json.write(transaction_response("batch", answers))

    return once_only(hub, once, work, again)


def _carried_out(hub: Hub, who: Principal, index: int, raw: Raw, door: Door, once: Once | None) -> tuple[Done, Answer]:
    try:
        if is_reading(raw):
            give_way()
            return Done(), door.fetch(raw["request"])
        entry = entry_of(index, raw, f"{hub.config.base_url}/fhir/")
        for interaction in entry.interactions:
            door.require(entry.type, interaction, f"{entry.path}.request")
        door.require_conditions(entry)
        done, body = _changed(hub, who, entry, once)
        return done, answer(door, done, body if may_show(door, done) else b"")
    except HubError as error:
        refused = located(error, index)
        done = Done(category=refused.category, issues=tuple(refused.issues))
        return done, answer(door, done)


def _changed(hub: Hub, who: Principal, entry: Entry, once: Once | None) -> tuple[Done, bytes]:
    type_, id_, query, expected = entry.type, entry.id, entry.query, entry.expected
    if entry.method == "DELETE":
        gone = delete(hub, who, type_, id_, expected) if id_ else delete_where(hub, who, type_, query, expected)
        return Done(version=gone.version, updated_ms=gone.updated_ms, outcome="deleted"), b""
    found: Written
    if entry.method == "POST":
        found = create(hub, who, entry.resource, entry.condition, once)
    elif entry.method == "PATCH":
        operations = list(entry.operations)
        if id_:
            found = patch(hub, who, type_, id_, operations, expected, once)
        else:
            found = patch_where(hub, who, type_, query, operations, expected, once)
    elif id_:
        found = update(hub, who, type_, id_, entry.resource, expected, once)
    else:
        found = update_where(hub, who, type_, query, entry.resource, expected, once)
    done = Done(found.type, found.id, found.version, found.updated_ms, found.outcome, found.warnings)
    return done, found.body
