"""What a search becomes for one caller: one selection for the store, and what is left to be seen on opened resources.

The order is always the same: consent (the reaches), then what is smallest (keys, compartments, index rows), then packed
tokens and days, and at the very end what only content can answer, over at most 5,000 opened resources.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter

from hub.access.costs import MOST_OPENED, MOST_SCANNED, too_costly
from hub.access.scope import Scope
from hub.fhir import parse_reference
from hub.model import PATIENT_RID, Key, Reach, Selection
from hub.search import CODES, Query, is_indexed
from hub.search.query import Chain, Values

PATIENT_PARAMS = ("patient", "subject")
"""References to a Patient by these are what a compartment is made of; they are no tokens."""
FEW_HOMES = 200
"""Compartments that are looked into instead of the list of all."""
_FEW_TOKENS = 32


@dataclass(frozen=True, slots=True)
class Note:
    """One clause of a search and how it was answered, for `_explain`; neither values nor ids."""

    clause: str
    how: str
    rows: int | None = None
    ms: float = 0.0


@dataclass(slots=True)
class Plan:
    """A query as it is carried out. `follows`: chains that are followed from the opened candidates; `facilities`: those
    of the registry that go with what is found, as Organizations."""

    scope: Scope
    query: Query
    selection: Selection
    follows: list[Chain] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    facilities: set[str] = field(default_factory=set)

    @property
    def is_opened(self) -> bool:
        """Whether resources are opened to be tested or put in order."""
        return bool(self.query.checks or self.follows or self.query.sort)

    @property
    def is_wide(self) -> bool:
        """Whether a caller's search looks through all that it may reach, not through a few places."""
        return self.scope.who is not None and self.query.patient is None and self.selection.ids is None

    def note(self, clause: str, how: str, rows: int | None = None, since: float | None = None) -> None:
        """Remember how a clause was answered."""
        self.notes.append(Note(clause, how, rows, 0.0 if since is None else (perf_counter() - since) * 1000))


def keyed(scope: Scope, reach: Reach, query: Query) -> Reach:
    """A reach with the query's values as tokens of its author: the same value has other tokens at every facility."""
    token, author = scope.hub.blinder.token, reach.author
    groups, excluded = (
        tuple(tuple(token(author, *pair) for pair in group) for group in each)
        for each in (query.tokens, query.excluded)
    )
    return replace(reach, tokens=groups, indexed=query.indexed, excluded=excluded, is_coded=_is_coded(query))


def _is_coded(query: Query) -> bool:
    """The tokens are one or the other of some codes: without their systems and, it may be, with them."""
    if query.indexed not in ((True,), (True, False)) or query.excluded or query.tokens[0][0][0] not in CODES:
        return False
    params = {param for group in query.tokens for param, _ in group}
    codes = [{value.partition("|")[2] for _, value in group} for group in query.tokens]
    return len(params) == 1 and codes[0] == codes[-1]


def within(reach: Reach, homes: Collection[int]) -> Reach:
    """A reach limited to compartments."""
    left = set(homes) if reach.compartments is None else set(homes) & set(reach.compartments)
    permitted = reach.permitted
    if permitted is not None:
        permitted = tuple(key for key in permitted if key.compartment in left)
    return replace(reach, compartments=tuple(sorted(left)), permitted=permitted)


def among(reach: Reach, keys: Collection[Key]) -> Reach:
    """A reach limited to keys."""
    left = set(keys) if reach.permitted is None else set(keys) & set(reach.permitted)
    return replace(reach, permitted=tuple(sorted(left)))


def pointing(
    scope: Scope, type_number: int, reaches: list[Reach], param: str, targets: Mapping[str, Collection[Key]]
) -> list[Reach]:
    """The reaches limited to resources that refer by a parameter to one of the targets (by their type)."""
    homes = {key.compartment for key in targets.get("Patient", ()) if key.rid == PATIENT_RID}
    is_by_home = param in PATIENT_PARAMS
    found = [within(reach, homes) for reach in reaches] if is_by_home and homes else []
    rest = [(type_, key) for type_, keys in targets.items() for key in keys if not (is_by_home and type_ == "Patient")]
    if not rest:
        return found
    values = [(param, f"{type_}/{scope.hub.ids.encode(key)}") for type_, key in rest]
    for reach in reaches:
        tokens = tuple(scope.hub.blinder.token(reach.author, *value) for value in values)
        near = nearby(scope, reach, [key for _, key in rest], tokens)
        if len(tokens) <= _FEW_TOKENS:
            indexed = (*near.indexed, all(is_indexed(*value) for value in values))
            found.append(replace(near, tokens=(*near.tokens, tokens), indexed=indexed, is_coded=False))
            continue
        selection = Selection(type_number, (near,), limit=MOST_SCANNED)
        if not guard(scope, selection, is_packed=True):
            raise too_costly(MOST_SCANNED)
        keys = scope.tx.holding(selection, tokens)
        if len(keys) > MOST_OPENED:
            raise too_costly()
        found.append(among(near, keys))
    return found


def nearby(scope: Scope, reach: Reach, keys: Collection[Key], tokens: Collection[int]) -> Reach:
    """A reach limited to where references to these keys can stand: in their own patients' compartments, and where an
    index row says that one leads there from outside. Unchanged when that is not known, or is everywhere."""
    own = scope.hub.blinder.home(reach.author)
    homes = {key.compartment for key in keys}
    if reach.compartments is not None or reach.permitted is not None or own in homes or len(homes) > FEW_HOMES:
        return reach
    outside = scope.tx.homes_of(tokens)
    if outside is None or len(homes | outside) > FEW_HOMES:
        return reach
    return within(reach, homes | outside)


def referring(scope: Scope, reach: Reach, groups: tuple[Values, ...]) -> Reach:
    """A reach limited by the references that its own conditions ask for."""
    for number, group in enumerate(groups):
        asked = [parse_reference(value) for _, value in group]
        keys = [scope.hub.ids.decode(reference.id) for reference in asked if reference is not None]
        known = [key for key in keys if key is not None]
        if len(known) == len(group):
            reach = nearby(scope, reach, known, reach.tokens[number])
    return reach


def guard(scope: Scope, selection: Selection, *, is_packed: bool = False) -> bool:
    """Whether the store can answer without looking through more than 50,000 rows for packed tokens."""
    if selection.ids is not None:
        return True
    for reach in selection.reaches:
        looks = is_packed or reach.excluded or any(not is_indexed for is_indexed in reach.indexed)
        is_led = any(reach.indexed) or reach.compartments is not None or reach.permitted is not None
        if not looks or is_led or scope.tx.held(reach.author, selection.type) <= MOST_SCANNED:
            continue
        is_dated = selection.days or selection.updated
        if is_dated and scope.tx.dated(selection, reach.author, MOST_SCANNED + 1) <= MOST_SCANNED:
            continue
        return False
    return True
