"""A hospital, six puskesmas, twelve clinics: whoever was seen at several of them is one person, and nobody is two; and
what the city may count of them is what the generator knows."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations

import pytest
from rich.console import Console

from fixtures.city import TODAY, City, make
from hub.access.monitoring import month_mark, open_facts
from hub.cli.loading import load_city, register_city
from hub.fhir import date_range
from hub.monitor import Fact
from hub.parts import Hub
from tests.whole.sending import client_of, every


@pytest.fixture(scope="module")
def whole_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """600 visits to all nineteen facilities."""
    return make(19, 600, tmp_path_factory.mktemp("kota"), min(TODAY, date.today()))


def cards(hub: Hub, city: City) -> dict[int, str]:
    """Compartment to the person it is truly about, by the visits of accepted rows."""
    truth = {}
    for line in map(json.loads, city.truth.read_text(encoding="utf-8").splitlines()):
        if line["expected"] == "accepted":
            truth[line["facility"], line["fields"]["visit"]] = line["person"]
    found: dict[int, str] = {}
    for row in city.facilities:
        for encounter in every(hub, client_of(row["id"]), "Encounter", ("_count", "200")):
            person = truth.pop((row["id"], encounter["identifier"][0]["value"]))
            key = hub.ids.decode(encounter["subject"]["reference"].partition("/")[2])
            assert key is not None
            assert found.setdefault(key.compartment, person) == person, "a card never stands for two people"
    assert truth == {}, "every accepted row became a visit"
    return found


def test_one_person_is_one_and_every_visit_counts_once(homes, whole_city, capsys):
    hub = homes.open()
    register_city(hub, whole_city)
    load_city(hub, whole_city, Console(quiet=True))
    told = check_persons(hub, whole_city)
    check_facts(hub, whole_city)
    with capsys.disabled():
        print(f"[{told}] ", end="")


def check_persons(hub: Hub, city: City) -> str:
    """Nobody is falsely joined, nearly everybody is found again; returns the counts."""
    owner = cards(hub, city)
    held: dict[str, set[int]] = defaultdict(set)
    for compartment, person in owner.items():
        held[person].add(compartment)
    with hub.store.reading() as tx:
        joined = {compartment: tx.person({compartment}) for compartment in owner}
        authors = {row.compartment: hub.numbers[row.author] for row in tx.compartments(owner).values()}
        waiting = tx.open_reviews()
    kinds = {compartment: author.kind.replace("praktik", "klinik") for compartment, author in authors.items()}
    wrong = {owner[c] for c, together in joined.items() if {owner[each] for each in together} != {owner[c]}}
    several = {person: found for person, found in held.items() if len(found) > 1}
    whole = {person for person, found in several.items() if found <= joined[min(found)]}
    pairs = [pair for found in several.values() for pair in combinations(sorted(found), 2)]
    found_pairs = [pair for pair in pairs if pair[1] in joined[pair[0]]]
    everywhere = {person for person, found in several.items() if len({kinds[each] for each in found}) == 3}
    assert wrong == set()
    assert len(several) >= 40
    assert len(found_pairs) >= 0.85 * len(pairs)
    certain = undoubted(city) & everywhere
    assert len(certain) >= 1
    for person in certain:
        assert len({kinds[each] for each in joined[min(held[person])]}) == 3
    return (
        f"{len(held)} people, {len(several)} at several facilities: {len(whole)} whole, pairs found "
        f"{len(found_pairs)} of {len(pairs)}, {waiting} to review, {len(wrong)} with false links; "
        f"{len(everywhere)} at all three kinds, {len(everywhere & whole)} whole"
    )


def undoubted(city: City) -> set[str]:
    """The people whose every card has their NIK: about them there is nothing to doubt."""
    numbers: dict[str, set[str | None]] = defaultdict(set)
    for line in map(json.loads, city.truth.read_text(encoding="utf-8").splitlines()):
        if line["expected"] == "accepted":
            numbers[line["person"]].add(None if "nik" in line["unscored"] else line["fields"]["nik"])
    return {person for person, seen in numbers.items() if None not in seen and len(seen) == 1}


def check_facts(hub: Hub, city: City) -> None:
    """What the city may count is what the generator knows: by facility, day, kelurahan, sex, diagnosis and case."""
    found: dict[str, Counter[tuple[str, ...]]] = {"encounter": Counter(), "diagnosis": Counter()}
    for fact in facts_of(hub, {line["day"][:7] for line in city.city_truth}):
        day = date.fromordinal(fact.day + date(1970, 1, 1).toordinal()).isoformat()
        place = (hub.numbers[fact.facility].id, day, fact.kelurahan, fact.sex)
        if fact.kind in found:
            found[fact.kind][*place, *((fact.code, fact.case) if fact.kind == "diagnosis" else ())] += 1
    visits: Counter[tuple[str, ...]] = Counter()
    ordinary: Counter[tuple[str, ...]] = Counter()
    diagnoses: Counter[tuple[str, ...]] = Counter()
    for line in city.city_truth:
        if line["accepted"]:
            place = (line["facility"], line["day"], line["kelurahan"] or "", line["sex"])
            visits[place] += 1
            ordinary[place] += not line["is_sensitive"]
            for code, case in line["diagnoses"]:
                diagnoses[*place, code, case or ""] += code not in line["sensitive_diagnoses"]
    assert found["diagnosis"] == +diagnoses
    assert found["encounter"] <= visits
    assert found["encounter"] >= +ordinary


def facts_of(hub: Hub, months: set[str]) -> Iterator[Fact]:
    """Every fact of these months, opened."""
    with hub.store.reading() as tx:
        for month in months:
            mark, after = month_mark(hub, date_range(f"{month}-01").first), None
            while rows := tx.month_facts(mark, after, 5000) if after else tx.month_facts(mark, limit=5000):
                for row in rows:
                    yield from open_facts(hub, row)
                after = rows[-1][:2]
