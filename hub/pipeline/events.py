"""What a stored part causes besides its resources: pseudonymous facts, sums, consent rows and audit entries, written in
the same transaction."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from hub.access.monitoring import NO_MONTH, month_mark, open_facts, sum_name
from hub.access.opening import open_resources
from hub.access.trace import sealed_entry
from hub.admission import discharged_ms, end_stay
from hub.fhir import city_day, type_name
from hub.model import PATIENT_RID, AuditEntry, Key, Labelled, Labels, Origin, Row
from hub.monitor import Fact, encode_fact, facts, sums
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
    sums: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    consents: list[ConsentRow] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    discharges: list[tuple[int, int]] = field(default_factory=list)

    def write(self, hub: Hub, tx: WriteTx, author: int) -> None:
        """Into the part's own transaction."""
        for compartment, at_ms in self.discharges:
            end_stay(hub, tx, tx.person([compartment]), author, at_ms)
        tx.add_facts(self.facts)
        tx.add_sums([SumRow(*name, n) for name, n in self.sums.items() if n])
        tx.add_consents(self.consents)
        tx.outbox(self.entries)


@dataclass(frozen=True, slots=True)
class _About:
    """What facts say about a patient: no name, no id."""

    kelurahan: str = ""
    birth: str | None = None
    sex: str | None = None


def events_of(
    hub: Hub, tx: ReadTx, origin: Origin, placed: Placed, labelled: list[Labelled], sealed: SealedPart
) -> Events:
    """Work out everything a part causes."""
    events = Events()
    about = _patients(hub, tx, labelled, sealed.gone)
    first = _first_received(hub, tx, labelled)
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
        )
        if found or linked.outcome == "corrected":
            _add_facts(hub, events, key, linked.version, found)
        for step in sums(mapped.type, mapped.resource, item.labels, person.kelurahan, day):
            events.sums[sum_name(hub, step.area, step.month, step.category)] += step.step
        if mapped.type == "Encounter" and (discharged := discharged_ms(mapped.resource)) is not None:
            events.discharges.append((key.compartment, discharged))
        if mapped.type == "Consent":
            strength = origin.auth_level
            events.consents.append(ConsentRow(*key, origin.received_ms, strength, strength > 0))
    corrected = (item.linked.key for item in labelled if item.linked.outcome == "corrected")
    before = {key: placed.known[key] for key in corrected} | sealed.gone
    _take_back(hub, tx, events, before, about)
    for row in sealed.rows:
        if row.is_deleted:
            _add_facts(hub, events, row.key, row.version, [])
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
    return _About(_kelurahan(patient), patient.get("birthDate"), patient.get("gender"))


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


def _first_received(hub: Hub, tx: ReadTx, labelled: list[Labelled]) -> dict[Key, int]:
    """The day a corrected Encounter first came in: a correction does not make a facility late."""
    items = {
        _fact_item(hub, item.linked.key): item.linked.key
        for item in labelled
        if item.linked.outcome == "corrected" and item.linked.validated.mapped.type == "Encounter"
    }
    found = {}
    for row in tx.facts_of(items) if items else ():
        for fact in open_facts(hub, row):
            if fact.lag is not None:
                found[items[row.pseudonym, row.item]] = fact.day + fact.lag
    return found


def _fact_item(hub: Hub, key: Key) -> tuple[int, int]:
    """Where the facts of a resource are kept."""
    pseudonym = hub.blinder.pseudonym(key.compartment)
    return pseudonym, hub.blinder.token(0, "_fact", f"{key.compartment}/{key.rid}")


def _add_facts(hub: Hub, events: Events, key: Key, version: int, found: list[Fact]) -> None:
    """The facts of a resource's newest version replace those of the one before; none is an empty list, sealed."""
    pseudonym, item = _fact_item(hub, key)
    body = b"".join(len(one).to_bytes(2, "big") + one for one in map(encode_fact, found))
    sealed = hub.boxes.fact.seal(body, item.to_bytes(8, "big", signed=True))
    month = month_mark(hub, found[0].day) if found else NO_MONTH
    events.facts.append(FactRow(pseudonym, item, version, sealed, month))


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
