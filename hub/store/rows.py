"""What the store keeps besides resources, as it hands it out: plain numbers, times and sealed bytes."""

from dataclasses import dataclass, field
from typing import NamedTuple

from hub.model import Key


class CompartmentRow(NamedTuple):
    """A compartment: `author` is the facility's number, `kind` 0 patient, 1 facility, 2 the hub itself."""

    compartment: int
    author: int
    kind: int
    created_ms: int


class Source(NamedTuple):
    """A source identifier's keyed token (16 bytes) and the resource that carries it."""

    token: bytes
    key: Key
    type: int


class Link(NamedTuple):
    """A judgement about two compartments. `features` is sealed. `ended_ms` None = in force."""

    compartment: int
    other: int
    id: int
    judgement: str
    score: float
    features: bytes
    by: str
    at_ms: int
    ended_ms: int | None = None
    ended_by: str | None = None


class ReviewRow(NamedTuple):
    """A pair the machine was unsure about, waiting for a person. `state`: open, or what was decided."""

    compartment: int
    other: int
    score: float
    state: str
    created_ms: int
    decided_ms: int | None
    decided_by: str | None
    body: bytes


class TagRow(NamedTuple):
    """What an access tag of a compartment stands for; author and labels are sealed in `body`."""

    compartment: int
    tag: int
    author: int
    body: bytes


class ConsentRow(NamedTuple):
    """Acceptance of a Consent resource: the hub's clock, who authenticated it, whether it is verified."""

    compartment: int
    rid: int
    accepted_ms: int
    auth: int
    is_verified: bool


class Relationship(NamedTuple):
    """A facility's proven care relationship with a compartment, [from_ms, until_ms)."""

    compartment: int
    facility: int
    kind: str
    from_ms: int
    until_ms: int


class FactRow(NamedTuple):
    """Pseudonymous monitoring facts of one item, sealed; a newer version replaces an older one.

    `month`: keyed mark of the month they are of; 0 unknown (written before there were marks), -1 there are none.
    """

    pseudonym: int
    item: int
    version: int
    body: bytes
    month: int = 0


class SumRow(NamedTuple):
    """`n` to be added to the count of a sensitive category in an area and month."""

    area: str
    month: str
    category: str
    n: int


@dataclass(frozen=True, slots=True)
class Submission:
    """A file or request on its way in. `body` (sealed) is kept until it is done."""

    id: str
    facility: str
    adapter: str
    state: str
    created_ms: int
    updated_ms: int
    counts: dict[str, int] = field(default_factory=dict)
    rows_done: int = 0
    body: bytes | None = None


class QuarantineRow(NamedTuple):
    """A row that could not be accepted. `source`: token of its source key, so that a corrected row resolves it."""

    submission: str
    row: int
    facility: str
    source: bytes | None
    state: str
    created_ms: int
    resolved_ms: int | None
    body: bytes


class RequestRow(NamedTuple):
    """What somebody asked for at a counter. `facility`: its id; `pseudonym`: the patient's, None while nobody is found;
    `version` counts the steps taken; `body` is sealed."""

    id: str
    facility: str
    pseudonym: int | None
    state: str
    created_ms: int
    due_ms: int
    closed_ms: int | None
    version: int
    body: bytes


class ChangeRow(NamedTuple):
    """One write in the feed. `op`: 0 created, 1 updated, 2 deleted."""

    author: int
    type: int
    at_ms: int
    rid: int
    compartment: int
    version: int
    op: int

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where it stands among an author's writes of a type."""
        return self.at_ms, self.rid, self.compartment, self.version


class Entry(NamedTuple):
    """An audit event to be written: sealed, with the pseudonyms of the patients who shall see it."""

    at_ms: int
    body: bytes
    pseudonyms: tuple[int, ...] = ()


class ExportRow(NamedTuple):
    """A bulk export: whose it is, how far it is, and what was asked (sealed)."""

    id: str
    client: str
    state: str
    created_ms: int
    alive_ms: int
    expires_ms: int
    progress: str
    body: bytes


class ExportFile(NamedTuple):
    """A file of an export: `kind` output, deleted or error; the body is a sealed list of keys, or sealed lines."""

    export: str
    number: int
    kind: str
    type: str
    lines: int
    body: bytes


class OutRow(NamedTuple):
    """An audit event that has no number yet; (entry, node) names it."""

    entry: int
    node: int
    at_ms: int
    body: bytes


class LogRow(NamedTuple):
    """An audit event in the log: its number from 0 and its leaf hash (32 bytes)."""

    seq: int
    hash: bytes
    at_ms: int
    entry: int
    node: int
    body: bytes


class Checkpoint(NamedTuple):
    """A signed statement about the first `size` entries."""

    size: int
    at_ms: int
    note: str


class IndexRow(NamedTuple):
    """What every stored row of a type satisfies; or (type 0) the build at work: what it is to come to, the last row it
    has done, and how many of how many."""

    type: int
    prints: str
    compartment: int = 0
    rid: int = 0
    done: int = 0
    total: int = 0


class Reindexed(NamedTuple):
    """A version's tokens as they are to be: all of them packed, and the index rows that go and come."""

    key: Key
    version: int
    type: int
    packed: bytes
    stale: tuple[int, ...]
    fresh: tuple[int, ...]
