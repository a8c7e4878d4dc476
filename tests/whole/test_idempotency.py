"""Idempotency-Key: the same key with the same request is carried out once and answered alike, on both databases."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hub.fhir import json
from hub.pipeline import bundle, create, once_of
from hub.pipeline.once import KEPT_MS
from tests.whole.calling import bare, signed_in
from tests.whole.conftest import register
from tests.whole.sending import A, B, OpenDoor, client_of, counts, file_of, row

PATIENT = {"resourceType": "Patient", "name": [{"text": "Noor Aida"}], "gender": "female", "birthDate": "1991-02-03"}
KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
PATIENCE_S = 60


def codes(answer):
    return [coding["code"] for issue in answer.json()["issue"] for coding in issue["details"]["coding"]]


def stored(hub):
    """How much is stored; that an answer was read again is in the trail."""
    found = counts(hub)
    return found["resource"], found["history"]


def entries(*methods):
    made = {
        "POST": {"resource": PATIENT, "request": {"method": "POST", "url": "Patient"}},
        "BAD": {"resource": PATIENT | {"gender": "x"}, "request": {"method": "POST", "url": "Patient"}},
        "GET": {"request": {"method": "GET", "url": "Patient?_summary=count"}},
    }
    return [made[method] for method in methods]


def test_a_create_is_answered_again(hub, caller, a):
    first = caller.post("/fhir/Patient", json=PATIENT, headers=a | KEY)
    assert first.status_code == 201
    before = stored(hub)
    again = caller.post("/fhir/Patient", json=PATIENT, headers=a | KEY)
    assert bare(again) == bare(first)
    unquoted = {"Idempotency-Key": KEY["Idempotency-Key"].strip('"')}
    assert bare(caller.post("/fhir/Patient", json=PATIENT, headers=a | unquoted)) == bare(first)
    assert stored(hub) == before
    newer = PATIENT | {"id": first.json()["id"], "gender": "male"}
    assert caller.put(f"/fhir/Patient/{newer['id']}", json=newer, headers=a).status_code == 200
    assert bare(caller.post("/fhir/Patient", json=PATIENT, headers=a | KEY)) == bare(first), "the very version"
    assert caller.post("/fhir/Patient", json=PATIENT, headers=a).json()["id"] != first.json()["id"]


def test_another_request_with_the_key_is_refused(caller, a):
    caller.post("/fhir/Patient", json=PATIENT, headers=a | KEY)
    for path, body, more in (
        ("/fhir/Patient", PATIENT | {"gender": "male"}, {}),
        ("/fhir/Patient", PATIENT, {"If-None-Exist": "name=x"}),
        ("/fhir/Patient", PATIENT, {"Prefer": "return=minimal"}),
        ("/fhir/Patient?_pretty=true", PATIENT, {}),
        ("/fhir", {"resourceType": "Bundle", "type": "batch", "entry": entries("POST")}, {}),
    ):
        answer = caller.post(path, json=body, headers=a | KEY | more)
        assert (answer.status_code, codes(answer)) == (422, ["HUB-5827"])


def test_a_key_belongs_to_its_client(hub, caller, a):
    first = caller.post("/fhir/Patient", json=PATIENT, headers=a | KEY)
    b = signed_in(hub, caller, B) | {"Content-Type": "application/fhir+json"}
    other = caller.post("/fhir/Patient", json=PATIENT, headers=b | KEY)
    assert (other.status_code, other.json()["id"] == first.json()["id"]) == (201, False)


def test_a_refused_request_leaves_its_key_free(hub, caller, a):
    wrong = caller.post("/fhir/Patient", json=PATIENT | {"gender": "x"}, headers=a | KEY)
    assert wrong.status_code == 422
    assert caller.post("/fhir/Patient", json=PATIENT, headers=a | KEY).status_code == 201


def test_a_key_that_is_none(caller, a):
    for key in ("", '""', "x" * 256, "a b", '"a"b"', "ké".encode("latin-1")):
        answer = caller.post("/fhir/Patient", json=PATIENT, headers=a | {"Idempotency-Key": key})
        assert (answer.status_code, codes(answer)) == (400, ["HUB-5825"])


@pytest.mark.parametrize("kind", ["transaction", "batch"])
@pytest.mark.parametrize("prefer", ["return=minimal", "return=representation"])
def test_a_bundle_is_answered_again(hub, caller, a, kind, prefer):
    body = {
        "resourceType": "Bundle",
        "type": kind,
        "entry": entries("POST", "POST", *(["BAD"] if kind == "batch" else [])),
    }
    headers = a | KEY | {"Prefer": prefer}
    first = caller.post("/fhir", json=body, headers=headers)
    before = stored(hub)
    again = caller.post("/fhir", json=body, headers=headers)
    assert bare(again) == bare(first)
    assert stored(hub) == before
    assert ("resource" in first.json()["entry"][0]) == (prefer == "return=representation")


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_what_a_bundle_reads_is_read_again(caller, a, kind):
    body = {"resourceType": "Bundle", "type": kind, "entry": entries("POST", "GET")}
    first = caller.post("/fhir", json=body, headers=a | KEY).json()
    caller.post("/fhir/Patient", json=PATIENT, headers=a)
    again = caller.post("/fhir", json=body, headers=a | KEY).json()
    assert again["entry"][0] == first["entry"][0]
    assert [each["entry"][1]["resource"]["total"] for each in (first, again)] == [1, 2]


def test_a_conditional_create_that_found_something(caller, a):
    made = caller.post("/fhir/Patient", json=PATIENT, headers=a)
    headers = a | KEY | {"If-None-Exist": "name=aida"}
    first = caller.post("/fhir/Patient", json=PATIENT, headers=headers)
    assert (first.status_code, first.headers["location"]) == (200, made.headers["location"])
    assert bare(caller.post("/fhir/Patient", json=PATIENT, headers=headers)) == bare(first)


def test_a_submission_is_taken_in_once(hub, caller, a):
    data = file_of(row())
    headers = {"Authorization": a["Authorization"], "Content-Type": "text/csv", "X-Filename": "a.csv"} | KEY
    first = caller.post("/submissions/klinik_csv", content=data, headers=headers)
    assert first.status_code == 200, first.text
    again = caller.post("/submissions/klinik_csv", content=data, headers=headers)
    assert (again.headers["location"], again.json()) == (first.headers["location"], first.json())
    other = caller.post("/submissions/klinik_csv", content=file_of(row(no_rm="9")), headers=headers)
    assert (other.status_code, codes(other)) == (422, ["HUB-5827"])


def test_kept_for_two_days_and_sealed(hub):
    who, once = client_of(A), once_of(hub, client_of(A), "kunci-rahasia", b"x")
    made = create(hub, who, dict(PATIENT), once=once)
    later = replace(hub, clock=lambda: hub.clock() + KEPT_MS - 60_000)
    assert create(later, who, dict(PATIENT), once=once) == made
    with hub.store.reading() as tx:
        rows = tx.db.rows("SELECT token, body FROM answer")
    assert all(secret not in bytes(part) for row_ in rows for part in row_ for secret in (b"kunci", made.id.encode()))
    expired = replace(hub, clock=lambda: hub.clock() + KEPT_MS + 60_000)
    assert create(expired, who, dict(PATIENT), once=once).id != made.id
    with hub.store.writing() as tx:
        assert tx.expire_answers(hub.clock() + 3 * KEPT_MS) == 1


def test_many_at_one_moment_are_one(hub):
    """As on many workers, which know nothing of each other: all get the answer of the one that came first."""
    who = client_of(A)

    def one(number: int) -> str:
        return create(hub, who, dict(PATIENT), once=once_of(hub, who, f"k{number % 4}", b"x")).id

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(one, range(32)))
    assert len({*made}) == 4
    assert all(made[n] == made[n % 4] for n in range(32))
    assert counts(hub)["resource"] == 4


def test_a_batch_that_was_cut_off_goes_on(hub):
    """A crash between two entries: what was stored before it is answered, the rest is stored now."""
    who, once = client_of(A), once_of(hub, client_of(A), "k", b"x")
    sent = {"resourceType": "Bundle", "type": "batch", "entry": entries("POST", "POST", "POST")}
    dying = Dying(stop_at=2)
    with pytest.raises(ZeroDivisionError):
        bundle(hub, who, sent, dying, once)
    assert counts(hub)["resource"] == 2
    done = json.read(bundle(hub, who, sent, OpenDoor(), once))
    assert {entry["response"]["status"] for entry in done["entry"]} == {"201 Created"}
    assert counts(hub)["resource"] == 3


class Dying(OpenDoor):
    """A door that breaks at an entry, as a process does."""

    def __init__(self, stop_at):
        self.left = stop_at

    def require(self, type_, interaction, path=""):
        self.left -= 1
        if self.left < 0:
            raise ZeroDivisionError


KILLED = """
from hub.bootstrap import build
from hub.config import read_config
from hub.pipeline import bundle, create, once_of
from tests.whole.sending import A, OpenDoor, client_of
from tests.whole.test_idempotency import PATIENT, entries
hub, who = build(read_config()), client_of(A)
for number in range(10_000):
    print(number, "begins", flush=True)
    once = once_of(hub, who, f"k{number}", b"x")
    if number % 2:
        sent = {"resourceType": "Bundle", "type": "transaction", "entry": entries("POST", "POST")}
        bundle(hub, who, sent, OpenDoor(), once)
    else:
        create(hub, who, dict(PATIENT), once=once)
    print(number, "done", flush=True)
"""


def run_until_killed(config, seconds):
    """Where a process that creates for ever was when it was killed: the last number begun, and those done."""
    settings = {"HUB_HOME": config.home, "HUB_DATABASE_URL": config.database_url, "HUB_KEYS_URL": config.keys_url}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED],
        env={"PATH": os.defpath, "HUB_BASE_URL": config.base_url}
        | {name: str(value) for name, value in settings.items()},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines()
    begun = [int(line.split()[0]) for line in lines if line.strip().endswith("begins")]
    return begun[-1], {int(line.split()[0]) for line in lines if line.strip().endswith("done")}


def test_killed_between_commit_and_answer_nothing_is_done_twice(homes, city):
    """kill -9 at a random moment; then every request is sent again: each has its resources once, and no more."""
    homes.close(register(homes.open(), city))
    last, done = run_until_killed(homes.config, random.Random(os.urandom(8)).uniform(0.05, 0.3))
    assert done | {last} == set(range(last + 1))
    hub = homes.open()
    who = client_of(A)
    for number in range(last + 1):
        once = once_of(hub, who, f"k{number}", b"x")
        if number % 2:
            sent = {"resourceType": "Bundle", "type": "transaction", "entry": entries("POST", "POST")}
            bundle(hub, who, sent, OpenDoor(), once)
        else:
            create(hub, who, dict(PATIENT), once=once)
    assert counts(hub)["resource"] == sum(2 if number % 2 else 1 for number in range(last + 1))
