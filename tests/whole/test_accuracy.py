"""From the clinics' files into the sealed store and out again: field by field against what the generator knows."""

import json
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from fixtures.city import TODAY, City, make
from fixtures.city.accuracy import compare
from hub.model import Issue
from tests.whole.conftest import register
from tests.whole.sending import client_of, every, send

OF_THE_VISIT = ("Condition", "Observation", "Procedure", "MedicationRequest")
OF_THE_PERSON = {"mrn", "nik", "bpjs", "nik_ibu", "name", "sex", "birth", "phone", "kelurahan"}


@pytest.fixture(scope="module")
def dirty_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """150 visits, every fifth row with a mistake of the kinds real files have."""
    return make(31, 150, tmp_path_factory.mktemp("kota"), min(TODAY, date.today()), dirt=0.2)


def truth_of(city: City) -> dict[tuple[str, int], dict[str, Any]]:
    lines = map(json.loads, city.truth.read_text(encoding="utf-8").splitlines())
    return {(line["file"], line["row"]): line for line in lines}


def visits(hub, facility: str) -> dict[str, list[dict[str, Any]]]:
    """Visit number to everything the facility reads back about the visit."""
    who = client_of(facility)
    by_id = {
        each["id"]: each for type_ in ("Patient", "Practitioner") for each in every(hub, who, type_, ("_count", "200"))
    }
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for type_ in OF_THE_VISIT:
        held = every(hub, who, type_, ("_count", "200"))
        for each in sorted(held, key=lambda resource: resource["identifier"][0]["value"]):
            said[each["encounter"]["reference"]].append(each)
    found = {}
    for encounter in every(hub, who, "Encounter", ("_count", "200")):
        people = [encounter["subject"], *(part["individual"] for part in encounter.get("participant", ()))]
        whole = [by_id[person["reference"].partition("/")[2]] for person in people]
        found[encounter["identifier"][0]["value"]] = [*whole, encounter, *said[f"Encounter/{encounter['id']}"]]
    return found


def without_older_persons(lines: list[dict[str, Any]], held: dict[str, list[dict[str, Any]]]) -> None:
    """A Patient is kept as the newest visit said it: rows of older visits (or of its day) can't be scored on it."""
    newest: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        newest[held[line["fields"]["visit"]][0]["id"]].append(line)
    for same in newest.values():
        last = max(line["fields"]["start"][:10] for line in same)
        on_it = [line for line in same if line["fields"]["start"][:10] == last]
        for line in same:
            if line not in on_it or len(on_it) > 1:
                line["unscored"] = [*line["unscored"], *OF_THE_PERSON]


def test_what_comes_out_is_what_the_clinics_meant(homes, dirty_city, capsys):
    hub = register(homes.open(), dirty_city)
    truth = truth_of(dirty_city)
    issues: dict[tuple[str, int], list[Issue]] = defaultdict(list)
    for facility, paths in dirty_city.files.items():
        for path in paths:
            receipt = send(hub, facility, path.read_bytes(), path.name)
            for issue in receipt.issues:
                if issue.severity in ("error", "fatal"):
                    issues[f"{facility}/{path.name}", issue.row].append(issue)
            expected = Counter(
                line["expected"] for (file, _), line in truth.items() if file == f"{facility}/{path.name}"
            )
            assert receipt.counts["accepted"] == expected["accepted"]
            assert receipt.counts["quarantined"] == expected["refused"]
    for place, line in truth.items():
        columns = {issue.column for issue in issues.get(place, ())}
        if line["expected"] == "refused":
            assert set(line["headers"]) <= columns, (place, line["dirt"], columns)
        else:
            assert not columns, (place, line["dirt"], columns)

    right = total = 0
    wrong: Counter[str] = Counter()
    for facility in dirty_city.files:
        held = visits(hub, facility)
        lines = [line for line in truth.values() if line["facility"] == facility and line["expected"] == "accepted"]
        assert held.keys() == {line["fields"]["visit"] for line in lines}
        without_older_persons(lines, held)
        for line in lines:
            score = compare(line, held[line["fields"]["visit"]])
            right, total = right + score.right, total + score.total
            wrong.update(f"{line['dirt']}: {name}" for name, _, _ in score.wrong)
    with capsys.disabled():
        print(f"[read back: {right} of {total} fields right ({right / total:.3%}); wrong: {dict(wrong)}] ", end="")
    assert total > 1500
    assert right / total >= 0.99
