"""From the facilities' own files and database into the sealed store and out again: field by field against what the
generator knows, for clinics, puskesmas and the hospital each; and how much of what they give and measure has a code."""

import json
import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any, NamedTuple

import pytest

from fixtures.city import TODAY, City, make
from fixtures.city.accuracy import compare
from hub.agent import pull
from hub.model import Issue
from hub.parts import Hub
from hub.pipeline import Receipt, submit
from tests.whole.conftest import register
from tests.whole.sending import client_of, every

OF_THE_VISIT = (
    *("Condition", "Observation", "Procedure", "MedicationRequest", "MedicationDispense", "ServiceRequest"),
    *("DiagnosticReport", "ClinicalImpression", "Immunization", "AllergyIntolerance"),
)
OF_THE_PERSON = {"mrn", "nik", "bpjs", "nik_ibu", "name", "sex", "birth", "phone", "kelurahan", "family_card"}
ADAPTERS = ("klinik_csv", "epuskesmas", "simrs_khanza")


class Sent(NamedTuple):
    """What the hub said to a facility: receipts, and for each visit the issues that refused it."""

    receipts: list[Receipt]
    issues: dict[tuple[str, Any], list[Issue]]


@pytest.fixture(scope="module")
def dirty_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """260 visits to nineteen facilities, every fifth row with a mistake of the kinds real files have."""
    return make(31, 260, tmp_path_factory.mktemp("kota"), min(TODAY, date.today()), dirt=0.2)


def truth_of(city: City) -> list[dict[str, Any]]:
    return [json.loads(line) for line in city.truth.read_text(encoding="utf-8").splitlines()]


def send_all(hub: Hub, city: City, row: dict[str, Any]) -> Sent:
    """Everything a facility has: files through `submit`, a database through the agent. Issues by (file, row), or by
    the visit's number where there is no file."""
    sent = Sent([], defaultdict(list))
    adapter = hub.adapters[row["adapter"]]

    def take(data: bytes, name: str) -> Receipt:
        receipt = submit(hub, client_of(row["id"]), adapter.name, data, name)
        numbers = [each.get(adapter.manifest.key[0]) for each in json.loads(data)] if adapter.source else []
        for issue in receipt.issues:
            if issue.severity in ("error", "fatal"):
                place = numbers[issue.row - 1] if adapter.source else issue.row
                sent.issues["" if adapter.source else f"{row['id']}/{name}", place].append(issue)
        sent.receipts.append(receipt)
        return receipt

    for path in city.files[row["id"]]:
        if adapter.source is None:
            take(path.read_bytes(), path.name)
        else:
            state = hub.config.home / f"{row['id']}.db"
            options = {"facility": row["id"], "since_days": None, "load": 1.0, "now": hub.clock()}
            pull(adapter, f"sqlite:///{path}", state, lambda data, name: take(data, name).to_dict(), **options)
    return sent


def visits(hub: Hub, facility: str) -> dict[str, list[dict[str, Any]]]:
    """Visit number to everything the facility reads back about the visit."""
    who = client_of(facility)
    by_id = {
        each["id"]: each
        for type_ in ("Patient", "Practitioner", "Location")
        for each in every(hub, who, type_, ("_count", "200"))
    }
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for type_ in OF_THE_VISIT:
        held = every(hub, who, type_, ("_count", "200"))
        for each in sorted(held, key=lambda resource: natural(resource["identifier"][0]["value"])):
            visit = each.get("encounter") or each.get("context") or {}
            said[visit.get("reference", "")].append(each)
    found = {}
    for encounter in every(hub, who, "Encounter", ("_count", "200")):
        people = [encounter["subject"], *(part["individual"] for part in encounter.get("participant", ()))]
        places = [stay["location"] for stay in encounter.get("location", ())]
        whole = [by_id[each["reference"].partition("/")[2]] for each in (*people, *places)]
        found[encounter["identifier"][0]["value"]] = [*whole, encounter, *said[f"Encounter/{encounter['id']}"]]
    return found


def natural(text: str) -> list[Any]:
    """Sorts part 10 behind part 9."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", text)]


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


def test_what_comes_out_is_what_the_facilities_meant(homes, dirty_city, capsys):
    hub = register(homes.open(), dirty_city)
    truth = truth_of(dirty_city)
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for facility in dirty_city.facilities:
        lines = [line for line in truth if line["facility"] == facility["id"]]
        sent = send_all(hub, dirty_city, facility)
        expected = Counter(line["expected"] for line in lines)
        assert sum(receipt.counts["accepted"] for receipt in sent.receipts) == expected["accepted"], facility["id"]
        assert sum(receipt.counts["quarantined"] for receipt in sent.receipts) == expected["refused"], facility["id"]
        for line in lines:
            place = (line["file"], line["row"]) if facility["adapter"] != "simrs_khanza" else ("", line["number"])
            columns = {issue.column for issue in sent.issues.get(place, ())}
            if line["expected"] == "refused":
                assert set(line["headers"]) <= columns, (place, line["dirt"], columns)
            else:
                assert not columns, (place, line["dirt"], columns)
        held = visits(hub, facility["id"])
        lines = [line for line in lines if line["expected"] == "accepted"]
        assert held.keys() == {line["fields"]["visit"] for line in lines}
        without_older_persons(lines, held)
        for line in lines:
            score, adapter = compare(line, held[line["fields"]["visit"]]), facility["adapter"]
            rows[adapter] += 1
            right[adapter] += score.right
            total[adapter] += score.total
            wrong.update(f"{adapter}: {line['dirt']}: {name}" for name, _, _ in score.wrong)
    told = ", ".join(
        f"{name} {right[name]} of {total[name]} fields of {rows[name]} visits right ({right[name] / total[name]:.3%})"
        for name in ADAPTERS
    )
    with capsys.disabled():
        print(f"[read back: {told}; wrong: {dict(wrong)}] ", end="")
    for name in ADAPTERS:
        assert total[name] > 1000
        assert right[name] / total[name] >= 0.99
