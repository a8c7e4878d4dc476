"""fhir-kit-client (npm) against a served hub: tests/clients/kit.mjs does it, these tests judge what it saw."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients.serving import READ_ONLY, Served
from tests.npm import packages
from tests.services import require

pytestmark = pytest.mark.node
SCRIPT = Path(__file__).with_name("kit.mjs")
NIK = "6371014607880001"
_PATIENCE_S = 120
CAN = ["read", "vread", "update", "patch", "create", "search-type", "history-instance", "history-type", "delete"]


@pytest.fixture(scope="module")
def seen(served: Served) -> dict[str, Any]:
    """What the program in Node saw."""
    node = require("node")
    packages()
    told = {"fhir": served.fhir, "client": "klinik-node", "key": served.keys["klinik-node"], "nik": NIK}
    told |= {"can": CAN, "reader": READ_ONLY, "readerKey": served.keys[READ_ONLY]}
    done = subprocess.run(
        [node, str(SCRIPT)], input=json.dumps(told), capture_output=True, text=True, timeout=_PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def codes(refusal: dict[str, Any]) -> tuple[int, set[str]]:
    """A refusal's status and codes; each issue must tell what is wrong and what to do."""
    assert refusal["type"] == "OperationOutcome"
    assert all(
        issue["text"] and issue["fix"] and "{" not in issue["text"] + issue["fix"] for issue in refusal["issues"]
    )
    return refusal["status"], {issue["code"] for issue in refusal["issues"]}


def test_it_learns_what_the_hub_can(seen):
    assert seen["capability"] == {
        "version": "4.0.1",
        "can": CAN,
        "byIdentifier": True,
        "server": True,
    }


def test_it_signs_in_with_either_kind_of_key(served, seen):
    assert codes(seen["anonymous"]) == (401, {"HUB-5001"})
    expected = {"tokenUrl": f"{served.base}/oauth2/token", "status": 200, "type": "bearer"}
    assert seen["signIn"] == {**expected, "scope": "system/*.cruds"}
    assert seen["readerSignIn"] == {**expected, "scope": "system/*.rs"}


def test_it_creates_reads_and_updates(served, seen):
    created, read, updated = seen["created"], seen["read"], seen["updated"]
    id_ = created["body"]["id"]
    assert (created["status"], created["headers"]["etag"]) == (201, 'W/"1"')
    assert created["headers"]["location"] == f"{served.fhir}/Patient/{id_}/_history/1"
    assert {answer["headers"]["content-type"] for answer in (created, read, updated)} == {"application/fhir+json"}
    assert read["body"] == created["body"]
    assert (read["body"]["birthDate"], read["body"]["meta"]["versionId"]) == ("1988-07-06", "1")
    assert seen["notModified"] == 304
    assert (updated["status"], updated["headers"]["etag"], updated["body"]["gender"]) == (200, 'W/"2"', "other")
    assert codes(seen["stale"]) == (412, {"HUB-3106"})
    assert seen["vread"]["body"] == created["body"]
    history = seen["history"]["body"]
    assert (history["type"], history["total"]) == ("history", 2)
    assert [entry["resource"]["gender"] for entry in history["entry"]] == ["other", "female"]
    assert seen["resolved"] == [id_, id_]


def test_a_conditional_create_finds_what_is_there_and_leaves_it(seen):
    assert (seen["existing"]["status"], seen["existing"]["body"]) == (200, seen["updated"]["body"])
    first, second = seen["conditional"]
    assert (first["status"], second["status"]) == (201, 200)
    assert first["body"] == second["body"]


def test_it_updates_on_a_condition_takes_everything_and_deletes(seen):
    made, whole = seen["conditionalUpdate"], seen["everything"]["body"]
    assert (made["status"], made["headers"]["etag"]) == (201, 'W/"1"')
    assert made["body"]["id"] in {entry["resource"].get("id") for entry in whole["entry"]}
    assert whole["total"] == sum(entry["search"]["mode"] == "match" for entry in whole["entry"])
    first, again, read = seen["removed"]
    assert (first["status"], first["headers"]["etag"], again["status"]) == (204, 'W/"2"', 204)
    assert codes(read) == (410, {"HUB-4301"})


def test_it_patches_and_looks_back(seen):
    patched = seen["patched"]
    assert (patched["status"], patched["headers"]["etag"], patched["body"]["gender"]) == (200, 'W/"3"', "male")
    of_type, same, of_all, of_one = (answer["body"] for answer in seen["histories"])
    assert {bundle["type"] for bundle in (of_type, same, of_all, of_one)} == {"history"}
    assert of_type["entry"] == same["entry"]
    assert of_type["entry"][0]["request"]["method"] == of_all["entry"][0]["request"]["method"] == "PUT"
    assert [entry["resource"]["gender"] for entry in of_one["entry"]] == ["male", "other", "female"]
    assert seen["olderHistory"] == {"type": "history", "count": 20}
    assert seen["noPrevious"] is True


def test_it_searches_in_a_compartment_with_includes_and_chains(seen):
    whole, first = (answer["body"] for answer in seen["compartment"])
    assert whole["total"] == first["total"] == seen["after"] == seen["chained"]["body"]["total"]
    assert (len(whole["entry"]), len(first["entry"])) == (20, 1)
    modes = [entry["search"]["mode"] for entry in seen["included"]["body"]["entry"]]
    assert modes == ["match", "match", "include"]
    assert seen["included"]["body"]["entry"][2]["resource"]["resourceType"] == "Patient"
    reverse = seen["reverse"]["body"]
    assert (reverse["total"], len(reverse["entry"])) == (1, 1 + seen["after"])
    assert set(seen["raw"]["body"]) == {"resourceType", "id", "meta", "gender"}


def test_a_key_makes_one_of_two(seen):
    first, second = seen["keyed"]
    assert (first["status"], second["status"]) == (201, 201)
    assert first["body"] == second["body"]


def test_a_nik_is_searched_by_form_only(seen):
    found = seen["nikByForm"]["body"]
    assert (found["total"], found["entry"][0]["resource"]["identifier"][0]["value"]) == (1, NIK)
    assert NIK not in json.dumps(found["link"])
    assert codes(seen["nikInAddress"]) == (400, {"HUB-4102"})


def test_pages_hold_what_was_there_while_more_arrives(seen):
    before, pages = seen["paging"]["before"], seen["paging"]["pages"]
    assert len(before) == 23
    assert [id_ for page in pages for id_ in page["ids"]] == before
    assert [(page["total"], len(page["ids"])) for page in pages] == [(23, 5)] * 4 + [(23, 3)]
    assert seen["after"] == 23 + len(pages)


def test_a_thousand_at_once_and_not_two_thousand_and_one(seen):
    assert seen["thousand"]["status"] == 200
    assert seen["thousand"]["body"]["type"] == "transaction-response"
    assert seen["thousand"]["body"]["entry"] == ["201 Created"] * 1000
    assert codes(seen["tooMany"]) == (413, {"HUB-3109"})


def test_a_transaction_is_all_or_nothing(seen):
    assert codes(seen["oneWrong"]) == (422, {"HUB-1113"})
    assert seen["oneWrong"]["issues"][0]["expression"] == ["Bundle.entry[1].resource.gender"]
    assert seen["stored"]["body"]["total"] == 3 + 1000


def test_a_batch_goes_on(seen):
    answers = [entry["response"]["status"] for entry in seen["batch"]["body"]["entry"]]
    assert answers == ["201 Created", "422 Unprocessable Entity", "200 OK"]
    assert seen["batch"]["body"]["entry"][2]["resource"] == seen["updated"]["body"]


def test_it_validates(seen):
    assert {issue["severity"] for issue in seen["valid"]["body"]["issue"]} == {"information"}
    wrong = seen["invalid"]["body"]["issue"][0]
    assert (seen["invalid"]["status"], wrong["severity"], wrong["expression"]) == (200, "error", ["Patient.gender"])


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("unknownParameter", 400, "HUB-4001"),
        ("inEnglish", 400, "HUB-4001"),
        ("notValid", 422, "HUB-1113"),
        ("unknownType", 404, "HUB-5813"),
        ("notThere", 404, "HUB-4101"),
        ("readOnly", 403, "HUB-5003"),
        ("patch", 422, "HUB-3316"),
        ("remove", 403, "HUB-5003"),
        ("systemSearch", 400, "HUB-5828"),
        ("systemForm", 400, "HUB-5828"),
        ("xml", 406, "HUB-5804"),
        ("xmlFormat", 406, "HUB-5804"),
    ],
)
def test_a_refusal_says_what_and_what_to_do(seen, name, status, code):
    assert codes(seen["refusals"][name]) == (status, {code})


def test_a_refusal_is_in_the_language_asked_for(seen):
    refusals = seen["refusals"]
    assert "tidak didukung" in refusals["unknownParameter"]["issues"][0]["text"]
    assert "is not supported" in refusals["inEnglish"]["issues"][0]["text"]


def test_leniency_and_forms(seen):
    assert seen["lenient"]["status"] == 200
    assert seen["lenient"]["body"] > 1000
    assert seen["forms"] == [200] * 4
