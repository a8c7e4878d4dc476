"""The stage types: Mapped -> Validated -> Linked -> Labelled -> Sealed. Each wraps the one before it, so that a stage
left out or put in the wrong order does not type-check; the store accepts only `Sealed`."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from hub.model.issue import Issue
from hub.model.labels import Labels


class Key(NamedTuple):
    """Where a resource lives: its compartment (random 63-bit) and its number in it (63-bit, time-ordered)."""

    compartment: int
    rid: int


PATIENT_RID = 1
"""The Patient of a compartment always has this number: a subject is found without a look-up."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part comes from. `source` is an adapter's name or "fhir"; `received_ms` is the hub's clock, epoch ms."""

    facility: str
    facility_number: int
    source: str
    submission: str
    received_ms: int
    subject: str
    auth_level: int = 0


@dataclass(slots=True)
class Mapped:
    """One FHIR resource as a plain dict (numbers as Decimal), not yet checked.

    `source` is its identifier in the source system ("system|value", unique per facility and type): re-sending finds it
    again; with `is_condition` (If-None-Exist) what is found stays as it is. `criteria` finds it by a search of the
    sender's own resources instead (a conditional interaction's query). `full_url` is its name inside a Bundle.
    `row` is the sender's row. References between resources of one part are `Type?identifier=system|value` (adapters)
    or the other's full_url (bundles). `target` names an existing resource (update). `asof_day`, then `asof_key`, order
    the versions of a shared resource (Patient, Practitioner) that several visits carry: the newest visit wins whatever
    the order of arrival; the same visit sent again is a correction.
    """

    type: str
    resource: dict[str, Any]
    source: str | None = None
    is_condition: bool = False
    criteria: str | None = None
    full_url: str | None = None
    row: int | None = None
    target: Key | None = None
    asof_day: int = 0
    asof_key: int = 0


@dataclass(slots=True)
class Validated:
    """Structurally and semantically valid R4; `warnings` do not stop it."""

    mapped: Mapped
    warnings: tuple[Issue, ...] = ()


@dataclass(slots=True)
class Linked:
    """Its place is known: compartment, number, version. `id` is the key as the API shows it; `outcome` says what
    storing it means; `references` are the places it points to by `Type/id` (None: a facility of the registry)."""

    validated: Validated
    key: Key
    id: str
    version: int
    outcome: Literal["created", "corrected", "unchanged"]
    digest: bytes
    patient: int | None = None
    references: dict[str, Key | None] = field(default_factory=dict)


@dataclass(slots=True)
class Labelled:
    """Sensitivity is known."""

    linked: Linked
    labels: Labels


@dataclass(slots=True)
class Sealed:
    """A row for the store: nothing clinical or identifying is readable in it but type, sizes, days and times.

    `day`/`day_end`: days since 1970-01-01 of the clinical date or period (0 = none). `tag`: keyed hash of
    author and labels. `keys`: packed big-endian signed 64-bit search tokens, sorted. `index`: the tokens that also get
    rows of their own, for searches without a patient. `body`: the sealed format of docs/sealed-format.md.
    """

    key: Key
    type: int
    version: int
    day: int
    day_end: int
    updated_ms: int
    author: int
    tag: int
    digest: bytes
    codec: int
    keys: bytes
    body: bytes
    index: tuple[int, ...] = field(default=())
    is_deleted: bool = False
