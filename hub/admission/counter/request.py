"""A request as it rests in the store, sealed, and as the pages see it; the lists it is made from."""

from dataclasses import dataclass, field

import msgspec

from hub.parts import Hub
from hub.store import RequestRow

TERM_MS = 3 * 24 * 3_600_000
"""3 x 24 hours: UU 27/2022 articles 30 and 32."""

KINDS = ("copy", "correction", "access-log")
FORMS = ("paper", "pdf", "link")
DOCUMENTS = ("ktp", "kk", "sim", "passport", "other")
RELATIONS = ("spouse", "adult-child", "parent", "sibling", "heir", "guardian", "attorney")
"""Who may ask for somebody else: Permenkes 24/2022 articles 33 and 34, and who holds a power of attorney."""
REFUSALS = ("identity", "not-entitled", "no-record", "others", "harm", "repeated", "other")
WAITING = ("open", "checked")
CLOSED = ("released", "answered", "refused", "withdrawn")


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was done, when, by whom. `what`: opened, document, code, released, answered, refused, withdrawn; `by` the
    member of staff ("" the patient), `detail` a choice of one of the lists, `text` what was written."""

    at_ms: int
    what: str
    by: str = ""
    facility: str = ""
    detail: str = ""
    text: str = ""


class Proxy(msgspec.Struct, frozen=True):
    """Who asks in the patient's place, as what, and what proves it."""

    name: str
    relation: str
    proof: str


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """The sealed part. The patient is found anew at each step: by the keyed token of the NIK, or by the compartment;
    `label` is what staff recognise the number by, mostly covered."""

    kind: str
    name: str = ""
    label: str = ""
    text: str = ""
    nik_token: str = ""
    compartment: int | None = None
    proxy: Proxy | None = None
    is_by_patient: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def is_coded(self) -> bool:
        """The patient's own presence code was shown."""
        return any(step.what == "code" for step in self.steps)

    @property
    def checkers(self) -> set[str]:
        """The members of staff who looked at a document of identity."""
        return {step.by for step in self.steps if step.what == "document"}

    @property
    def is_confirmed(self) -> bool:
        """Identity is confirmed: by the patient's code, or by two members of staff."""
        return self.is_coded or len(self.checkers) > 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for at the counter, as typed. `number`: a NIK or the facility's own record number; `relation`
    "" when the patient asks."""

    kind: str
    number: str = field(repr=False)
    name: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    relation: str = ""
    proxy_name: str = field(default="", repr=False)
    proof: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a page shows it. `left_ms` until the term ends, below 0 when overdue; `is_found` None until identity
    is confirmed: whether there is a record is nobody's business before."""

    id: str
    facility: str
    state: str
    created_ms: int
    due_ms: int
    closed_ms: int | None
    left_ms: int
    body: Body
    is_found: bool | None = None

    @property
    def is_waiting(self) -> bool:
        return self.closed_ms is None


_decoder = msgspec.json.Decoder(Body)


def seal_body(hub: Hub, id_: str, body: Body) -> bytes:
    """Sealed and bound to the request's number."""
    return hub.boxes.request.seal(msgspec.json.encode(body), id_.encode())


def open_body(hub: Hub, row: RequestRow) -> Body:
    """What `seal_body` sealed. Raises hub.crypto.Tampered."""
    return _decoder.decode(hub.boxes.request.open(row.body, row.id.encode()))


def shown(hub: Hub, row: RequestRow, body: Body | None = None, *, is_found: bool | None = None) -> Request:
    """A stored request as the pages see it."""
    end = row.closed_ms if row.closed_ms is not None else hub.clock()
    return Request(
        row.id,
        row.facility,
        row.state,
        row.created_ms,
        row.due_ms,
        row.closed_ms,
        row.due_ms - end,
        open_body(hub, row) if body is None else body,
        is_found,
    )
