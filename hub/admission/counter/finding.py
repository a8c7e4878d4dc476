"""From the number typed at the counter to the patient, without telling anybody whether there is one."""

from dataclasses import dataclass

from hub.access.indexes import require_indexes
from hub.errors import Category, HubError
from hub.fhir import type_number
from hub.model import Issue, Reach, Selection
from hub.parts import Hub
from hub.search import parse
from hub.store import ReadTx

LONGEST = 64
_NIK = 16
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Found:
    """Where the patient is to be looked for: a NIK's keyed token, or a compartment of the facility's own."""

    label: str
    nik_token: str = ""
    compartment: int | None = None


def find(hub: Hub, tx: ReadTx, facility: str, typed: str) -> Found:
    """A NIK is kept as its token and answered in the same way whoever it belongs to, if anybody. The facility's own
    record number says at once when there is none: NOT_FOUND, CONFLICT when there are several; INCORRECT otherwise."""
    number = typed.strip()
    digits = "".join(number.split())
    if len(digits) == _NIK and digits.isascii() and digits.isdecimal():
        return Found("•" * (_NIK - _SHOWN) + digits[-_SHOWN:], nik_token=hub.blinder.mpi("nik", digits).hex())
    if not number or len(number) > LONGEST or set(number) & set(",|\\$"):
        raise HubError(Category.INCORRECT, Issue("HUB-3251"))
    author = hub.facilities[facility].number
    query = parse("Patient", [("identifier", number)], lenient=False)
    require_indexes(hub, query)
    tokens = tuple(tuple(hub.blinder.token(author, name, value) for name, value in group) for group in query.tokens)
    reach = Reach(author, None, None, tokens, query.indexed)
    rows = tx.select(Selection(type_number("Patient"), (reach,), limit=2)).rows
    if not rows:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3252"))
    if len(rows) > 1:
        raise HubError(Category.CONFLICT, Issue("HUB-3253"))
    return Found(number, compartment=rows[0].compartment)
