"""hub.validation.fast: sound on any damage, lazy, thread-safe."""

import copy
import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from hub.fhir import RESOURCE_TYPES
from hub.validation import prepare
from hub.validation.fast import _validators, is_plain
from hub.validation.full import full_issues
from hub.validation.schema import NoFastTierError, fast_schema
from tests.validation.mutations import nodes
from tests.validation.originals import ORIGINALS

_VALUES: tuple[Any, ...] = (
    None,
    "",
    " ",
    "x",
    "2026",
    "#x",
    0,
    -1,
    1.5,
    Decimal("1.0"),
    True,
    [],
    {},
    [None],
    {"text": "x"},
    {"reference": "#nakes"},
    "urn:uuid:1",
    "final",
    "\u0001",
    [{"url": "x"}],
)


def test_fast_tier_is_sound_under_random_damage() -> None:
    source = random.Random(20261122)
    accepted = 0
    for _ in range(6000):
        resource = copy.deepcopy(source.choice(list(ORIGINALS.values())))
        for _ in range(source.choice((1, 1, 2))):
            _damage(resource, source)
        kind = resource.get("resourceType")
        if isinstance(kind, str) and kind in RESOURCE_TYPES and is_plain(resource, kind):
            accepted += 1
            assert full_issues(resource, kind, kind, lambda *_: []) == [], resource
    assert accepted > 200


def _damage(resource: dict[str, Any], source: random.Random) -> None:
    places = [(path, value) for path, value in nodes(resource) if path]
    path, value = source.choice(places)
    node: Any = resource
    for step in path[:-1]:
        node = node[step]
    match source.randrange(5):
        case 0:
            node[path[-1]] = source.choice(_VALUES)
        case 1:
            del node[path[-1]]
        case 2 if isinstance(value, dict):
            other = source.choice([each for _, each in places if isinstance(each, dict)])
            value.update(copy.deepcopy(other))
        case 3 if isinstance(node, dict) and isinstance(path[-1], str):
            node["_" + path[-1]] = {"id": "x"}
        case _:
            node[path[-1]] = copy.deepcopy(source.choice(places)[1])


@pytest.mark.parametrize("kind", ["Patient", "Observation", "Claim", "CarePlan", "Questionnaire", "Composition"])
def test_schema_compiles(kind: str) -> None:
    assert fast_schema(kind)["properties"]["resourceType"] == {"const": kind}
    prepare([kind])
    assert not is_plain({"resourceType": kind, "x": 1}, kind)


def test_types_that_hold_resources_have_no_fast_tier() -> None:
    for kind in ("Bundle", "Parameters"):
        with pytest.raises(NoFastTierError):
            fast_schema(kind)
        assert not is_plain({"resourceType": kind}, kind)


def test_threads_share_one_validator() -> None:
    _validators.pop("Procedure", None)
    procedure = ORIGINALS["procedure"]
    broken = procedure | {"contained": [procedure["contained"][0] | {"id": "lain"}]}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: is_plain(procedure if n % 2 else broken, "Procedure"), range(400)))
    assert answers == [bool(n % 2) for n in range(400)]
