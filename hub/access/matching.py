"""Patient/$match: which of the Patients that are open to the caller may be the one described, and how surely.

https://www.hl7.org/fhir/R4/patient-operation-match.html. The same index and the same judge as the hub's own linking
(docs/identity.md). Consent decides about a Patient before it is compared: what is hidden takes no part.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec

from hub.access.opening import open_rows
from hub.access.reading import decide_row
from hub.access.trace import audit, looked
from hub.errors import Category, HubError
from hub.fhir import json, searchset
from hub.identity import Demographics, Match, blocking_keys, demographics, judge
from hub.model import PATIENT_RID, Decision, Issue, Key, Principal, Row
from hub.parts import Hub
from hub.store import ReadTx

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
CANDIDATES = 200
"""Patients compared with the one described: those that share most with it."""
SHOWN, MOST = 20, 50
"""Matches in an answer when `count` is not given, and at most."""

_RANK = {"certain": 0, "probable": 1, "possible": 2}
_RIVALS = ("stranger", "twin", "relative")
PERMIT = Decision("PERMIT", "author-facility")
DENY = Decision("DENY", "no-consent")


class Described(msgspec.Struct, frozen=True):
    """The Patient described (valid R4, however little it says), and how many matches are wanted. `is_certain_only`:
    the one certain match, or nothing."""

    patient: dict[str, Any]
    is_certain_only: bool = False
    count: int = SHOWN


def match(hub: Hub, who: Principal, asked: Described, base_url: str) -> bytes:
    """A searchset Bundle of Patients, likeliest first, with `search.score` and match-grade; empty when there is none.

    A facility's own Patients; by the NIK also those of others that the caller could read, as in a search. Elsewhere and
    nowhere are the same answer. UNPROCESSABLE when the description holds nothing to search by. Audited as a search.
    """
    described = demographics(asked.patient)
    keys = blocking_keys(described)
    if not keys:
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-4420"))
    with hub.store.reading() as tx:
        open_, hidden = _candidates(hub, tx, who, keys)
    bodies = open_rows(hub, open_)
    found = _judged(described, {row: bodies[key] for row in open_ if (key := Key(row.compartment, row.rid)) in bodies})
    if asked.is_certain_only:
        certain = [each for each in found if each[0] == "certain"]
        found = certain if len(certain) == 1 else []
    shown = found[: min(asked.count, MOST)]
    query = "$match?" + _tokenised(hub, keys)
    places = tuple(sorted(row.compartment for _, _, row, _ in shown))
    entries = [looked(hub, who, "search", PERMIT, places, "Patient", len(shown), query)]
    if hidden:
        entries.append(looked(hub, who, "search", DENY, tuple(sorted(hidden)), "Patient", 0, query))
    audit(hub, *entries)
    matches = [
        (f"{base_url}/Patient/{hub.ids.encode(Key(row.compartment, row.rid))}", msgspec.Raw(body))
        for _, _, row, body in shown
    ]
    bundle = searchset(matches, len(found), {"self": f"{base_url}/Patient/$match"})  # type: ignore[arg-type]
    for entry, (grade, score, _, _) in zip(bundle.get("entry", ()), shown, strict=True):
        extension = [{"url": GRADE, "valueCode": grade}]
        entry["search"] = {"extension": extension, **entry["search"], "score": Decimal(str(score))}
    return json.write(bundle)


def _candidates(hub: Hub, tx: ReadTx, who: Principal, keys: Iterable[tuple[str, str]]) -> tuple[list[Row], set[int]]:
    """The Patients that are open and share a key, most keys first; and who was asked about by NIK and stays hidden."""
    kinds = {hub.blinder.mpi(kind, value): kind for kind, value in keys}
    shared: Counter[int] = Counter()
    by_nik: set[int] = set()
    for token, compartments in tx.mpi(kinds).items():
        shared.update(compartments)
        if kinds[token] == "nik":
            by_nik.update(compartments)
    own = hub.facilities[who.facility].number if who.facility else -1
    authors = {compartment: row.author for compartment, row in tx.compartments(shared).items() if row.kind == 0}
    wanted = [each for each, author in authors.items() if author == own or each in by_nik]
    wanted.sort(key=lambda compartment: (-shared[compartment], compartment))
    rows = tx.get([Key(compartment, PATIENT_RID) for compartment in wanted])
    open_: list[Row] = []
    hidden: set[int] = set()
    for compartment in wanted:
        row = rows.get(Key(compartment, PATIENT_RID))
        if row is None or row.is_deleted or len(open_) == CANDIDATES:
            continue
        if decide_row(hub, tx, who, row).effect == "PERMIT":
            open_.append(row)
        elif compartment in by_nik:
            hidden.add(compartment)
    return open_, hidden


def _judged(described: Demographics, bodies: dict[Row, bytes]) -> list[tuple[str, float, Row, bytes]]:
    """(grade, score, row, body) of whoever may be the one described, the likeliest first."""
    found = []
    for row, body in bodies.items():
        said = judge(described, demographics(json.read(body)))
        if grade := _grade(said):
            found.append((grade, said.score, row, body))
    return sorted(found, key=lambda each: (_RANK[each[0]], -each[1], each[2].compartment))


def _grade(said: Match) -> str:
    """certain: the hub itself would link them. probable: likely, but not enough so. possible: something speaks against
    it that only a person can weigh. "" for who is somebody else."""
    if said.judgement == "positive":
        return "certain"
    if said.judgement == "unsure":
        return "probable" if said.rule in _RIVALS else "possible"
    return ""


def _tokenised(hub: Hub, keys: Iterable[tuple[str, str]]) -> str:
    return urlencode([(kind, f"#{hub.blinder.mpi('audit', value).hex()[:16]}") for kind, value in keys])
