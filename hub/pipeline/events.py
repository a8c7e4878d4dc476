"""What a stored part causes besides its resources: pseudonymous facts, sums, consent rows and audit entries, written in
the same transaction."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hub.access.opening import open_resources
from hub.access.trace import sealed_entry
from hub.admission import discharged_ms, end_stay
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
    about = _patients(hub, tx, labelled)
    facility = hub.facilities[origin.facility]
    for item in labelled:
        linked, mapped = item.linked, item.linked.validated.mapped
        key = linked.key
        person = about.get(key.compartment, _About())
        day = sealed.days[key]
        found = facts(
            mapped.type, mapped.resource, item.labels, facility, person.kelurahan, person.birth, person.sex, day
        )
        if found or linked.outcome == "corrected":
            _add_facts(hub, events, key, linked.version, found)
        for step in sums(mapped.type, mapped.resource, item.labels, person.kelurahan, day):
            events.sums[_sum_key(hub, step.area, step.month, step.category)] += step.step
        if mapped.type == "Encounter" and (discharged := discharged_ms(mapped.resource)) is not None:
            events.discharges.append((key.compartment, discharged))
        if mapped.type == "Consent":
            strength = origin.auth_level
            events.consents.append(ConsentRow(*key, origin.received_ms, strength, strength > 0))
    _take_back(hub, tx, events, placed, labelled, about)
    for row in sealed.rows:
        if row.is_deleted:
            _add_facts(hub, events, row.key, row.version, [])
    events.entries = _audit(hub, origin, sealed)
    return events


def _patients(hub: Hub, tx: ReadTx, labelled: list[Labelled]) -> dict[int, _About]:
    """Area, birth date and sex per compartment: from the part itself, else from the stored Patient."""
    about: dict[int, _About] = {}
    wanted: set[Key] = set()
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
    for address in patient.get("address", ()):
        for extension in address.get("extension", ()):
            for part in extension.get("extension", ()):
                if part.get("url") == "village" and isinstance(part.get("valueCode"), str):
                    return str(part["valueCode"])
        for text in (address.get("district"), *address.get("line", ())):
            if isinstance(text, str) and (area := resolve_kelurahan(text)):
                return area.code
    return ""


def _add_facts(hub: Hub, events: Events, key: Key, version: int, found: list[Fact]) -> None:
    """The facts of a resource's newest version replace those of the one before; none is an empty list, sealed."""
    pseudonym = hub.blinder.pseudonym(key.compartment)
    item = hub.blinder.token(0, "_fact", f"{key.compartment}/{key.rid}")
    body = b"".join(len(one).to_bytes(2, "big") + one for one in map(encode_fact, found))
    sealed = hub.boxes.fact.seal(body, item.to_bytes(8, "big", signed=True))
    events.facts.append(FactRow(pseudonym, item, version, sealed))


def _sum_key(hub: Hub, area: str, month: str, category: str) -> tuple[str, str, str]:
    """Sums are kept under keyed names: a thief of the database does not learn which category is counted where."""
    return area, month, f"{hub.blinder.token(0, '_sum', f'{area}/{month}/{category}') & (1 << 64) - 1:016x}"


def _take_back(
    hub: Hub, tx: ReadTx, events: Events, placed: Placed, labelled: list[Labelled], about: dict[int, _About]
) -> None:
    """A corrected resource that was sensitive leaves the sums it was counted in."""
    rows: dict[Key, Row] = {
        item.linked.key: placed.known[item.linked.key] for item in labelled if item.linked.outcome == "corrected"
    }
    before = stored_labels(hub, tx, {key: row.tag for key, row in rows.items()})
    sensitive = [row for key, row in rows.items() if before[key] != Labels("N") and not row.is_deleted]
    for key, resource in open_resources(hub, sensitive).items():
        kelurahan = about.get(key.compartment, _About()).kelurahan
        for step in sums(resource["resourceType"], resource, before[key], kelurahan, rows[key].day, step=-1):
            events.sums[_sum_key(hub, step.area, step.month, step.category)] += step.step


def _audit(hub: Hub, origin: Origin, sealed: SealedPart) -> list[Entry]:
    """One entry per patient compartment and one for the part (BALP: Create/Update with patient)."""
    counts = Counter(row.key.compartment for row in sealed.rows)
    is_update = {row.key.compartment for row in sealed.rows if row.version > 1}
    entries = []
    is_own = origin.facility == SELF  # the patient's own choice, not a facility's data
    for compartment, count in counts.items():
        entry = AuditEntry(
            at_ms=origin.received_ms,
            event="choose" if is_own else "ingest",
            action="U" if compartment in is_update else "C",
            outcome="permit",
            subject=origin.subject,
            role="patient" if is_own else "clinic-client",
            facility=origin.facility,
            purpose="PATRQT" if is_own else "TREAT",
            reason="own-record" if is_own else "author-submission",
            compartments=(compartment,),
            count=count,
            details={"source": origin.source, "submission": origin.submission},
        )
        entries.append(sealed_entry(hub, entry))
    return entries
