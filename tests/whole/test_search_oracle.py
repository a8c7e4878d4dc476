"""A search finds what a loop over everything open finds: random small stores, random questions, both databases."""

import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.access import search
from hub.errors import HubError
from hub.fhir import json
from hub.search import Query, clinical_days, extract, meets, parse, referred, sort_values
from tests.store.test_select import day_holds
from tests.whole.sending import BASE, A, client_of, every
from tests.whole.ward import LOINC, Ward, diagnosed, measured, patient, visit

CODES, CLASSES, STATES = ("8310-5", "8867-4", "8480-6"), ("AMB", "IMP", "EMER"), ("finished", "in-progress")
ICDS, DAYS = ("J06.9", "I10", "E11.9"), ("2026-02-03", "2026-02-10", "2026-03-01")
GIVEN, FAMILY = ("Ani", "Budi", "Citra", "Dedi"), ("Wulandari", "Santoso", "Halim")

POOL: dict[str, tuple[str, ...]] = {
    "Patient": (
        "gender=male",
        "name=ani",
        "family:exact=Santoso",
        "birthdate=lt1990",
        "gender:not=female",
        "_has:Observation:patient:code=8310-5",
        "_has:Observation:subject:value-quantity=gt100",
        "_has:Encounter:patient:class=IMP",
        "_has:Condition:patient:_has:Condition:evidence-detail:code=I10",
        "_sort=family",
    ),
    "Encounter": (
        "class=IMP",
        "status:not=finished",
        "date=ge2026-02-10",
        "patient={patient}",
        "subject:Patient.gender=male",
        "participant:Practitioner.name=rahma",
        "part-of:missing=false",
        "part-of.class=IMP",
        "_has:Observation:encounter:code=8867-4",
        "_has:Observation:encounter:value-quantity=lt60",
        "_has:Encounter:part-of:status=in-progress",
        "_sort=-date",
        "_id={encounter},{other}",
    ),
    "Observation": (
        f"code={LOINC}|8310-5",
        "code=8867-4,8480-6",
        "code:not=8310-5",
        "status=final",
        "date=2026-02-10",
        "date=lt2026-03-01",
        "patient={patient}",
        "subject=Patient/{patient},Patient/{third}",
        "encounter={encounter}",
        "encounter=Encounter/{encounter},Encounter/{other}",
        "value-quantity=gt80",
        "value-quantity=lt120||/min",
        "code-value-quantity=8310-5$lt90",
        "encounter:missing=true",
        "encounter.class=IMP,EMER",
        "encounter.status:not=finished",
        "encounter.participant:Practitioner.name=rahma",
        "patient.name=budi",
        "subject:Patient.birthdate=ge1990",
        "_has:Condition:evidence-detail:code=I10",
        "_sort=value-quantity",
        "_sort=-value-quantity,code",
        "_sort=-date",
        "_lastUpdated=gt2020-01-01",
        "_sort=-_lastUpdated",
    ),
    "Condition": (
        "code=I10,E11.9",
        "code:not=I10",
        "clinical-status=active",
        "recorded-date=ge2026-02-10",
        "patient={patient}",
        "encounter={other}",
        "evidence-detail:missing=true",
        "evidence-detail:Observation.value-quantity=gt80",
        "encounter.class=AMB",
        "encounter:Encounter.patient.gender=female",
        "subject:Patient.gender:not=male",
        "_sort=code",
    ),
}


def fill(ward: Ward, dice: random.Random) -> None:
    """A few more patients with visits, some of them within another's stay, and what was measured and found."""
    number = len(ward.made)
    if "doctor0" not in ward.made:
        for place, name in enumerate(("dr. Rahmawati", "dr. Joko")):
            ward.put(f"doctor{place}", {"resourceType": "Practitioner", "name": [{"text": name}]})
    for each in range(dice.randint(1, 2)):
        sex, born = dice.choice(("male", "female")), f"{dice.randint(1980, 2000)}-05-0{dice.randint(1, 9)}"
        who = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
        one = ward.put(f"p{number}{each}", patient(who, sex, born, f"N-{number}-{each}"))
        for stay in range(dice.randint(0, 2)):
            seen = {"participant": [{"individual": {"reference": ward.ref(f"doctor{dice.randint(0, 1)}")}}]}
            stays = [name for name in ward.made if name.startswith("v")]
            if stays and dice.random() < 0.4:
                seen["partOf"] = {"reference": ward.ref(dice.choice(stays))}  # type: ignore[assignment]
            day = dice.choice(DAYS)
            ward.put(f"v{number}{each}{stay}", visit(one, day, dice.choice(STATES), dice.choice(CLASSES), **seen))
        for number_of in range(dice.randint(0, 3)):
            stays = [name for name in ward.made if name.startswith("v")]
            more = {"encounter": {"reference": ward.ref(dice.choice(stays))}} if stays and dice.random() < 0.8 else {}
            code, value, day = dice.choice(CODES), str(dice.randint(40, 160)), dice.choice(DAYS)
            o = ward.put(
                f"o{number}{each}{number_of}", measured(one, code, value, dice.choice(("Cel", "/min")), day, **more)
            )
            if dice.random() < 0.5:
                more = {**more, **({"evidence": [{"detail": [{"reference": o}]}]} if dice.random() < 0.5 else {})}
                ward.put(f"c{number}{each}{number_of}", diagnosed(one, dice.choice(ICDS), dice.choice(DAYS), **more))


class Loop:
    """Every resource of a ward, asked one by one."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward
        self.trees = {ward.ref(name): tree for name, tree in ward.made.items()}

    def found(self, query: Query) -> set[str]:
        """The ids of what meets a query."""
        return {
            tree["id"] for tree in self.trees.values() if tree["resourceType"] == query.type and self.holds(query, tree)
        }

    def holds(self, query: Query, tree: dict[str, Any]) -> bool:
        """Whether a resource of the query's type meets all of its conditions."""
        found = extract(query.type, tree)
        values, (day, end) = set(found.values), clinical_days(query.type, tree)
        written = datetime.fromisoformat(tree["meta"]["lastUpdated"].replace("Z", "+00:00")).astimezone(UTC)
        written_ms = round(written.timestamp() * 1000)
        refers = {param: referred(query.type, param, tree) for param in {chain.param for chain in query.chains}}
        return (
            (query.ids is None or tree["id"] in query.ids)
            and (query.patient is None or self.home(tree) in query.patient)
            and all(values.intersection(group) for group in query.tokens)
            and not any(values.intersection(group) for group in query.excluded)
            and all(day <= end and any(day_holds(each, day, end) for each in group) for group in query.days)
            and all(low <= written_ms <= high for low, high in query.updated)
            and meets(query, tree)
            and all(any(self.leads(text, chain.queries) for text in refers[chain.param]) for chain in query.chains)
            and all(self.is_led_to(tree, has.param, has.query) for has in query.has)
        )

    def home(self, tree: dict[str, Any]) -> str:
        """The patient in whose compartment a resource lies."""
        if tree["resourceType"] == "Patient":
            return str(tree["id"])
        return str(tree.get("subject", {}).get("reference", "")).partition("/")[2]

    def leads(self, text: str, queries: tuple[Query, ...]) -> bool:
        """Whether a reference leads to something that meets one of the queries."""
        tree = self.trees.get(text)
        return tree is not None and any(q.type == tree["resourceType"] and self.holds(q, tree) for q in queries)

    def is_led_to(self, tree: dict[str, Any], param: str, query: Query) -> bool:
        """Whether something that meets the query refers to a resource."""
        here = f"{tree['resourceType']}/{tree['id']}"
        return any(
            other["resourceType"] == query.type
            and here in referred(query.type, param, other)
            and self.holds(query, other)
            for other in self.trees.values()
        )


def question(ward: Ward, dice: random.Random) -> tuple[str, list[tuple[str, str]]]:
    """A random search of one to three conditions, each parameter once."""
    type_ = dice.choice(sorted(POOL))
    by_type = {kind: [t["id"] for t in ward.made.values() if t["resourceType"] == kind] for kind in POOL}
    ids = {
        "patient": dice.choice(by_type["Patient"]),
        "third": dice.choice(by_type["Patient"]),
        "encounter": dice.choice(by_type["Encounter"] or ["none"]),
        "other": dice.choice(by_type["Encounter"] or ["none"]),
    }
    pairs = [part.format(**ids).split("=", 1) for part in dice.sample(POOL[type_], dice.randint(1, 3))]
    return type_, list(dict(pairs).items())


@pytest.fixture
def ward(hub):
    """One that grows from example to example."""
    return Ward(hub, client_of(A))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_search_is_a_loop_over_what_is_open(ward, hub, seed):
    dice = random.Random(seed)
    fill(ward, dice)
    loop = Loop(ward)
    for _ in range(25):
        type_, pairs = question(ward, dice)
        query = parse(type_, pairs, False)
        found = every(hub, ward.who, type_, *pairs, ("_count", str(dice.choice((3, 200)))))
        assert {each["id"] for each in found} == loop.found(query), (type_, pairs)
        if query.sort:
            keys = [sort_values(query, each) for each in found]
            assert all(not later < earlier for earlier, later in pairwise(keys)), (type_, pairs)
        counted = json.read(search(hub, ward.who, type_, [*pairs, ("_summary", "count")], False, BASE))
        assert counted["total"] == len(found), (type_, pairs)
    with hub.store.reading() as tx:
        assert tx.miscounted() == []


def test_the_questions_are_understood(ward):
    """None of the pool is refused, so that no random example passes by being an error."""
    fill(ward, random.Random(1))
    for type_, texts in POOL.items():
        for text in texts:
            name, _, value = text.partition("=")
            try:
                parse(type_, [(name, value.format(patient="a", third="b", encounter="c", other="d"))], False)
            except HubError as error:
                raise AssertionError(text) from error
