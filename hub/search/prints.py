"""Fingerprints of what extraction yields, and which of it a query stands on.

Two processes, or two versions of the hub, whose prints of a parameter are equal take the same tokens from a resource.
Where they differ, what is stored lacks tokens, and the index of that parameter is built anew (hub/upkeep/indexing.py).
"""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b

import msgspec

from hub.fhir.definitions import table
from hub.search.compiler import KEPT, taken
from hub.search.extraction import REFERENCE
from hub.search.parameters import INDEXED, Parameter, served
from hub.search.query import Query

MADE = {
    "birth": 1,
    "code": 1,
    "coding": 1,
    "concept": 1,
    "contact": 1,
    "deceased": 1,
    "identifier": 1,
    "link": 1,
    "name": 1,
    "plain": 1,
    "reference": 1,
    "word_starts": 1,
    REFERENCE: 1,
}
"""By function of `hub.search.values`: raise the number when the values it makes, or their index rows, change; what uses
it is then built anew. REFERENCE stands for the references of the whole tree and the rows of those that lead out of
their patient's compartment."""


@cache
def prints(type_name: str) -> dict[str, str]:
    """By parameter whose values are kept as tokens: 16 letters that say where and how they are taken. The same in every
    process of the same software with the same own parameters."""
    kept = {name: _print(parameter) for name, parameter in served(type_name).items() if parameter.kept in KEPT}
    return {REFERENCE: _digest(MADE[REFERENCE]), **kept}


def uses(query: Query) -> Iterator[tuple[str, str]]:
    """(type, parameter) whose tokens a query, its chains, its `_has` and its `_revinclude` look for."""
    for group in (*query.tokens, *query.excluded):
        for param, _ in group:
            yield query.type, param
    for chain in query.chains:
        yield query.type, chain.param
        for sub in chain.queries:
            yield from uses(sub)
    for has in query.has:
        yield has.query.type, has.param
        yield from uses(has.query)
    for include in query.includes:
        if include.is_reverse:
            yield include.source, include.param


def _print(parameter: Parameter) -> str:
    places = []
    for path in parameter.paths:
        call = taken(path, parameter)
        steps = [(step.key, step.is_array, step.equal, step.extension, step.index) for step in path.steps]
        codes = sorted((table()["codes"].get(path.codes) or {}).items()) if call == "code" else []
        places.append((steps, call, MADE[call], codes, path.target))
    return _digest([parameter.name in INDEXED, places])


def _digest(what: object) -> str:
    return blake2b(msgspec.json.encode(what), digest_size=8).hexdigest()
