"""The civil registry: does a NIK belong to the person of a patient record, who may live in one household, how many
people live where. Its answers stand beside the records, never in them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hub.access import read
from hub.access.trace import sealed_entry
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.parts import Hub
from hub.registry.feeds import FIELDS, Person, Verdict, load_connector
from hub.store import CheckRow
from hub.upkeep.fetching import Link, read_keys

NIK = "https://fhir.kemkes.go.id/id/nik"
_NIK = re.compile(r"\d{16}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_PAGES = 10_000
CONNECTOR = "dukcapil"
WAIT_S = 8.0
"""How long a person at a counter waits for the registry."""


class Check(msgspec.Struct, frozen=True):
    """A record's verification state: when it was asked, what agrees (True) and what does not (False); nothing of what
    the registry holds. `is_whole`: NIK, name and birth date all agree."""

    at_ms: int
    fields: dict[str, bool]

    @property
    def is_whole(self) -> bool:
        return all(self.fields.get(name) is True for name in ("nik", "name", "birth_date"))


def check_person(hub: Hub, who: Principal, link: Link, patient: str) -> Check:
    """Ask the civil registry about one patient record the caller may read, and keep what agrees beside it.

    Audited with the patient's compartment before the question leaves. NOT_FOUND (HUB-4322) when the caller has no such
    record of its own; INCORRECT (HUB-4320) when it has no NIK, name or whole birth date. Raises as `Link.post` does.
    """
    link.require("civil", "check")
    compartment = _own(hub, who, patient)
    person = _person(json.loads(read(hub, who, "Patient", patient).body))
    entry = AuditEntry(
        at_ms=hub.clock(),
        event="civil.check",
        action="E",
        outcome="permit",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose=who.purpose,
        compartments=(compartment,),
        resource="Patient",
        request_id=who.request_id,
        is_person=True,
    )
    with hub.store.writing() as tx:
        tx.outbox([sealed_entry(hub, entry)])
    answer = link.post(link.connector.text("request", "check"), link.connector.functions["question"](person))
    verdict: Verdict = link.understood("verdict", answer)
    now = hub.clock()
    check = Check(now, {name: agrees for name in FIELDS if (agrees := verdict.fields.get(name)) is not None})
    household = hub.blinder.mpi("household", verdict.household) if check.is_whole and verdict.household else None
    body = hub.boxes.civil.seal(msgspec.json.encode(check), _place(compartment))
    with hub.store.writing() as tx:
        tx.add_civil_check(CheckRow(compartment, now, household, body))
    return check


def asking(hub: Hub) -> Link:
    """The civil registry this hub is set up for, asked while a person waits. NOT_FOUND (HUB-4323) when it is not."""
    if not hub.config.dukcapil_url or hub.config.dukcapil_key is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4323"))
    connector = load_connector(hub.config.connectors / CONNECTOR)
    return Link(connector, hub.config.dukcapil_url, read_keys(hub.config.dukcapil_key), tries=1, timeout_s=WAIT_S)


def own_state(hub: Hub, who: Principal, patient: str) -> Check | None:
    """The newest verification state of a patient record of the caller's own: a look at the record, decided and audited
    as one. NOT_FOUND (HUB-4322) otherwise; raises as `hub.access.read` does."""
    compartment = _own(hub, who, patient)
    read(hub, who, "Patient", patient)
    return last_check(hub, compartment)


def last_check(hub: Hub, compartment: int) -> Check | None:
    """A record's newest verification state; None when it was never asked about."""
    with hub.store.reading() as tx:
        row = tx.civil_checks([compartment]).get(compartment)
    return msgspec.json.decode(hub.boxes.civil.open(row.body, _place(compartment)), type=Check) if row else None


def household(hub: Hub, compartment: int) -> tuple[int, ...]:
    """Records of other people whose newest, wholly agreeing answer named the same household: a proposal, which links
    nothing and opens nothing."""
    with hub.store.reading() as tx:
        row = tx.civil_checks([compartment]).get(compartment)
        found = tx.household(row.household) if row is not None and row.household is not None else []
        own = tx.person([compartment])
    return tuple(one for one in found if one not in own and one != compartment)


def population(link: Link, year: int) -> Iterator[dict[str, Any]]:
    """The population sums of a year, line by line: year, area, sex, band, people."""
    link.require("civil", "population")
    connector, cursor = link.connector, ""
    for _ in range(MOST_PAGES):
        asked = {connector.text("request", "year"): str(year), connector.text("request", "cursor"): cursor}
        page = link.get(connector.text("request", "sums"), asked)
        items = page.get(connector.text("answer", "items"))
        if not isinstance(items, list):
            raise link.unfit(connector.text("answer", "items"))
        for item in items:
            yield link.understood("sums", item)
        cursor = str(page.get(connector.text("answer", "next")) or "")
        if not cursor:
            return
    raise link.unfit(f"> {MOST_PAGES} pages")


def _own(hub: Hub, who: Principal, patient: str) -> int:
    """The compartment of a patient record the caller's facility made."""
    key, facility = hub.ids.decode(patient), hub.facilities.get(who.facility or "")
    with hub.store.reading() as tx:
        row = tx.compartments([key.compartment]).get(key.compartment) if key is not None else None
    if key is None or row is None or row.kind != 0 or facility is None or row.author != facility.number:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4322"))
    return key.compartment


def _person(patient: dict[str, Any]) -> Person:
    niks = [one.get("value", "") for one in patient.get("identifier", ()) if one.get("system") == NIK]
    names = [one for one in patient.get("name", ()) if one.get("use") in (None, "official", "usual")]
    name = names[0].get("text") or " ".join([*names[0].get("given", ()), names[0].get("family", "")]) if names else ""
    born = patient.get("birthDate", "")
    if len(niks) != 1 or not _NIK.fullmatch(niks[0]) or not name.strip() or not _DAY.fullmatch(born):
        raise HubError(Category.INCORRECT, Issue("HUB-4320"))
    sex = patient.get("gender", "")
    return Person(niks[0], name.strip(), born, sex=sex if sex in ("male", "female") else "")


def _place(compartment: int) -> bytes:
    return b"civil_check/%d" % compartment
