"""What a stored part causes besides its resources: pseudonymous facts, sums, consent rows and audit entries, written in
the same transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hub.access.monitoring import NO_MONTH, month_mark, open_items, seal_items, sum_name
from hub.access.opening import open_resources
from hub.access.trace import sealed_entry
from hub.admission import discharged_ms, end_stay
from hub.crypto import random_key
from hub.fhir import city_day, type_name
from hub.fhir.systems import BPJS
from hub.model import PATIENT_RID, AuditEntry, Key, Labelled, Labels, Origin, Row
from hub.monitor import Fact, facts, sums
from hub.parts import SELF, Hub
from hub.pipeline.labelling import stored_labels
from hub.pipeline.place import Placed
from hub.pipeline.sealing import SealedPart
from hub.registry import resolve_kelurahan
from hub.store import ConsentRow, Entry, FactRow, ReadTx, SumRow, WriteTx


@dataclass(slots=True)
class Events:
    """Rows for the tables beside the clinical ones."""

    facts: list[FactRow] = field(default_factory=list)
    changed_facts: list[FactRow] = field(default_factory=list)
    changed_months: set[int] = field(default_factory=set)
    sums: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    consents: list[ConsentRow] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    discharges: list[tuple[int, int]] = field(default_factory=list)

    def write(self, hub: Hub, tx: WriteTx, author: int) -> None:
        """Into the part's own transaction."""
        for compartment, at_ms in self.discharges:
            end_stay(hub, tx, tx.person([compartment]), author, at_ms)
        tx.replace_facts(self.changed_facts, self.changed_months)
        tx.put_facts(self.facts)
        tx.add_sums([SumRow(*name, n) for name, n in self.sums.items() if n])
        tx.add_consents(self.consents)
        tx.outbox(self.entries)


@dataclass(frozen=True, slots=True)
class _About:
    """What facts say about a patient: no name, no id."""

    kelurahan: str = ""
    birth: str | None = None
    sex: str | None = None
    is_member: bool = False


def events_of(
    hub: Hub, tx: ReadTx, origin: Origin, placed: Placed, labelled: list[Labelled], sealed: SealedPart
) -> Events:
    """Work out everything a part causes."""
    events = Events()
    about = _patients(hub, tx, labelled, sealed.gone)
    corrected = (item.linked.key for item in labelled if item.linked.outcome == "corrected")
    before = {key: placed.known[key] for key in corrected} | sealed.gone
    first = _take_out(hub, tx, events, before)
    homes = _Homes(hub)
    received = city_day(origin.received_ms)
    facility = hub.facilities[origin.facility]
    for item in labelled:
        linked, mapped = item.linked, item.linked.validated.mapped
        key = linked.key
        person = about.get(key.compartment, _About())
        day = sealed.days[key]
        found = facts(
            mapped.type,
            mapped.resource,
            item.labels,
            facility,
            person.kelurahan,
            person.birth,
            person.sex,
            day,
            first.get(key, received),
            person.is_member,
        )
        if found:
            homes.add(key, found)
        for step in sums(mapped.type, mapped.resource, item.labels, person.kelurahan, day):
            events.sums[sum_name(hub, step.area, step.month, step.category)] += step.step
        if mapped.type == "Encounter" and (discharged := discharged_ms(mapped.resource)) is not None:
            events.discharges.append((key.compartment, discharged))
        if mapped.type == "Consent":
            strength = origin.auth_level
            events.consents.append(ConsentRow(*key, origin.received_ms, strength, strength > 0))
    events.facts = homes.rows()
    _take_back(hub, tx, events, before, about)
    events.entries = _audit(hub, origin, sealed)
    return events


def _patients(hub: Hub, tx: ReadTx, labelled: list[Labelled], gone: Iterable[Key]) -> dict[int, _About]:
    """Area, birth date and sex per compartment: from the part itself, else from the stored Patient."""
    about: dict[int, _About] = {}
    wanted = {Key(key.compartment, PATIENT_RID) for key in gone}
    for item in labelled:
        mapped, key = item.linked.validated.mapped, item.linked.key
        if mapped.type == "Patient":
            about[key.compartment] = _about(mapped.resource)
        elif item.linked.patient is not None:
            wanted.add(Key(key.compartment, PATIENT_RID))
    missing = [key for key in wanted if key.compartment not in about]
    if missing:
        rows = tx.get(missing)
        for key, resource in open_resources(hub, rows.values()).items():
            about[key.compartment] = _about(resource)
    return about


def _about(patient: dict[str, Any]) -> _About:
    is_member = any(each.get("system") == BPJS and each.get("value") for each in patient.get("identifier", ()))
    return _About(_kelurahan(patient), patient.get("birthDate"), patient.get("gender"), is_member)


def _kelurahan(patient: dict[str, Any]) -> str:
    """The code of the kelurahan; of a larger area when that is all the address says; "" when it cannot be told."""
    larger = ""
    for address in patient.get("address", ()):
        for extension in address.get("extension", ()):
            for part in extension.get("extension", ()):
                if part.get("url") == "village" and isinstance(part.get("valueCode"), str):
                    return str(part["valueCode"])
                if part.get("url") in ("city", "district") and isinstance(part.get("valueCode"), str):
                    larger = larger or str(part["valueCode"])
        for text in (address.get("district"), *address.get("line", ())):
            if isinstance(text, str) and (area := resolve_kelurahan(text)):
                return area.code
    return larger


class _Homes:
    """The facts of a part in rows: one for each patient and month, because a row costs more than what it says."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._marks: dict[int, int] = {}
        self._pseudonyms: dict[int, int] = {}
        self._found: defaultdict[tuple[int, int], dict[int, list[Fact]]] = defaultdict(dict)

    def add(self, key: Key, found: list[Fact]) -> None:
        """Take in the facts of one resource, which are of one day."""
        day, home = found[0].day, key.compartment
        if day not in self._marks:
            self._marks[day] = month_mark(self.hub, day)
        if home not in self._pseudonyms:
            self._pseudonyms[home] = self.hub.blinder.pseudonym(home)
        self._found[self._pseudonyms[home], self._marks[day]][_fact_item(self.hub, key)] = found

    def rows(self) -> list[FactRow]:
        """Each under a number of its own."""
        rows = []
        for (pseudonym, mark), items in self._found.items():
            number = random_key()
            rows.append(FactRow(pseudonym, number, 1, seal_items(self.hub, number, items), mark))
        return rows


def _fact_item(hub: Hub, key: Key) -> int:
    """The number of a resource in the rows of facts."""
    return hub.blinder.token(0, "_fact", f"{key.compartment}/{key.rid}")


def _take_out(hub: Hub, tx: ReadTx, events: Events, before: Mapping[Key, Row]) -> dict[Key, int]:
    """What was corrected or deleted leaves the rows of facts it stands in. Returns the day an Encounter first came in:
    a correction does not make a facility late."""
    items = {(hub.blinder.pseudonym(key.compartment), _fact_item(hub, key)): key for key in before}
    if not items:
        return {}
    months = {(pseudonym, month_mark(hub, before[key].day)) for (pseudonym, _), key in items.items()}
    first: dict[Key, int] = {}
    for row in {row[:2]: row for row in (*tx.facts_of(items), *tx.facts_in(months))}.values():
        found = open_items(hub, row)
        out = {item: items[row.pseudonym, item] for item in found if (row.pseudonym, item) in items}
        if not any(found[item] for item in out):
            continue
        first.update((key, f.day + f.lag) for item, key in out.items() for f in found[item] if f.lag is not None)
        left = {item: facts for item, facts in found.items() if item not in out}
        body = seal_items(hub, row.item, left)
        month = row.month if left else NO_MONTH
        events.changed_months.add(row.month)
        events.changed_facts.append(row._replace(version=row.version + 1, body=body, month=month))
    return first


def _take_back(hub: Hub, tx: ReadTx, events: Events, rows: dict[Key, Row], about: dict[int, _About]) -> None:
    """A corrected or deleted resource that was sensitive leaves the sums it was counted in."""
    before = stored_labels(hub, tx, {key: row.tag for key, row in rows.items()})
    sensitive = [row for key, row in rows.items() if before[key] != Labels("N") and not row.is_deleted]
    for key, resource in open_resources(hub, sensitive).items():
        kelurahan = about.get(key.compartment, _About()).kelurahan
        for step in sums(resource["resourceType"], resource, before[key], kelurahan, rows[key].day, step=-1):
            events.sums[sum_name(hub, step.area, step.month, step.category)] += step.step


def _audit(hub: Hub, origin: Origin, sealed: SealedPart) -> list[Entry]:
    """One entry per patient compartment and one for the part (BALP: Create/Update with patient)."""
    counts = Counter((row.key.compartment, row.key in sealed.deleted) for row in sealed.rows)
    is_update = {row.key.compartment for row in sealed.rows if row.version > 1}
    deleted: dict[int, list[str]] = {}
    for key in sealed.deleted:
        named = f"{type_name(sealed.gone[key].type)}/{hub.ids.encode(key)}"
        deleted.setdefault(key.compartment, []).append(named)
    entries = []
    is_own = origin.facility == SELF  # the patient's own choice, not a facility's data
    for (compartment, is_deletion), count in counts.items():
        action: Literal["C", "U", "D"] = "U" if compartment in is_update else "C"
        entry = AuditEntry(
            at_ms=origin.received_ms,
            event="delete" if is_deletion else "choose" if is_own else "ingest",
            action="D" if is_deletion else action,
            outcome="permit",
            subject=origin.subject,
            role="patient" if is_own else "clinic-client",
            facility=origin.facility,
            purpose="PATRQT" if is_own else "TREAT",
            reason="own-record" if is_own else "author-submission",
            compartments=(compartment,),
            resource=deleted[compartment][0] if is_deletion and count == 1 else "",
            count=count,
            details={"source": origin.source, "submission": origin.submission},
        )
        entries.append(sealed_entry(hub, entry))
    return entries
