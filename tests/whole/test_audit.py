"""Audit or nothing: every look leaves an entry before the answer, and whoever touches the trail is found out."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from hub.access import history, own_record, read, search, seen, vread
from hub.access.trace import looked, sealed_entry
from hub.admission import patient_by_nik
from hub.errors import HubError
from hub.model import Decision, Principal
from hub.upkeep.sequencing import sequence, witness_path
from hub.upkeep.verifying import verify
from tests.whole.calling import online, signed_in
from tests.whole.sending import BASE, NIK, A, B, client_of, counts, file_of, found, row, send


@pytest.fixture
def sent(hub):
    send(hub, A, file_of(row()))
    return hub


def sql(hub, text: str) -> list[tuple[Any, ...]]:
    """A statement by somebody with the run of the database."""
    url = make_url(hub.config.database_url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), timeout=30)) as connection, connection:
            return connection.execute(text).fetchall()
    host = str(url.query["host"])
    with psycopg.connect(host=host, user="hub", dbname=url.database, autocommit=True) as connection:
        cursor = connection.execute(text)
        return cursor.fetchall() if cursor.description else []


def entries(hub) -> int:
    """How many entries another connection finds, numbered or not."""
    return sum(sql(hub, f"SELECT count(*) FROM {table}")[0][0] for table in ("audit_out", "audit_log"))


def test_each_look_has_left_an_entry_when_its_answer_is_there(sent):
    who, other = client_of(A), client_of(B)
    patient = Principal("patient", "p", "PATRQT", person="p", compartment=patient_by_nik(sent, NIK))
    id_ = found(sent, who, "Condition")["entry"][0]["resource"]["id"]
    looks: list[Callable[[], Any]] = [
        lambda: read(sent, who, "Condition", id_),
        lambda: vread(sent, who, "Condition", id_, 1),
        lambda: history(sent, who, "Condition", id_),
        lambda: search(sent, who, "Condition", [("code", "J06.9")], False, BASE),
        lambda: search(sent, who, "Condition", [("_summary", "count")], False, BASE),
        lambda: own_record(sent, patient),
        lambda: read(sent, other, "Condition", id_),
        lambda: vread(sent, other, "Condition", id_, 1),
        lambda: history(sent, other, "Condition", id_),
        lambda: search(sent, other, "Condition", [("_id", id_)], False, BASE),
        lambda: read(sent, who, "Condition", "tidak-ada"),
    ]
    for number, look in enumerate(looks):
        before = entries(sent)
        try:
            look()
        except HubError:
            assert number >= 6
        assert entries(sent) == before + 1, f"look {number}"


def test_no_number_of_looks_hides_one(sent):
    patient = Principal("patient", "p", "PATRQT", person="p", compartment=patient_by_nik(sent, NIK))
    first = len(seen(sent, patient))
    entry = looked(sent, client_of(B), "search", Decision("DENY", "no-consent"), (patient.compartment,))
    sent.outbox.append([sealed_entry(sent, entry)] * 2000)
    assert len(seen(sent, patient)) == first + 2000


def test_a_write_and_its_entry_are_one_transaction(sent):
    before, rows = entries(sent), counts(sent)["resource"]
    sql(sent, "ALTER TABLE audit_out RENAME TO audit_gone")
    with pytest.raises((sqlite3.Error, psycopg.Error)):
        send(sent, A, file_of(row(no_kunjungan="K-2")))
    sql(sent, "ALTER TABLE audit_gone RENAME TO audit_out")
    assert (entries(sent), counts(sent)["resource"]) == (before, rows)
    assert send(sent, A, file_of(row(no_kunjungan="K-2"))).counts["accepted"] == 1
    assert entries(sent) > before


def test_nothing_is_answered_when_nothing_can_be_written_down(sent):
    with online(sent) as http:
        headers = signed_in(sent, http, A)
        id_ = http.get("/fhir/Condition", headers=headers).json()["entry"][0]["resource"]["id"]
        addresses = [f"/fhir/Condition/{id_}", f"/fhir/Condition/{id_}/_history", "/fhir/Condition?code=J06.9"]
        sql(sent, "ALTER TABLE audit_out RENAME TO audit_gone")
        for address in addresses:
            answer = http.get(address, headers=headers)
            assert answer.status_code == 503, address
            assert b"J06" not in answer.content
        sql(sent, "ALTER TABLE audit_gone RENAME TO audit_out")
        for address in addresses:
            answer = http.get(address, headers=headers)
            assert (answer.status_code, b"J06" in answer.content) == (200, True), address


TAMPERINGS = {
    "an entry is edited": ["UPDATE audit_log SET at_ms = at_ms + 1 WHERE seq = 3"],
    "an entry is deleted": ["DELETE FROM audit_log WHERE seq = 3"],
    "an entry is deleted and the gap closed": [
        "DELETE FROM audit_log WHERE seq = 3",
        "UPDATE audit_log SET seq = -seq WHERE seq > 3",
        "UPDATE audit_log SET seq = -seq - 1 WHERE seq < 0",
    ],
    "two entries change places": [
        "UPDATE audit_log SET seq = -1 WHERE seq = 2",
        "UPDATE audit_log SET seq = 2 WHERE seq = 3",
        "UPDATE audit_log SET seq = 3 WHERE seq = -1",
    ],
    "an entry is exchanged for another": [
        "UPDATE audit_log SET body = (SELECT body FROM audit_log WHERE seq = 1) WHERE seq = 4",
    ],
    "the end is cut off": ["DELETE FROM audit_log WHERE seq > 4"],
    "the end is cut off with its checkpoint": [
        "DELETE FROM audit_log WHERE seq > 4",
        "DELETE FROM audit_checkpoint WHERE size > 4",
    ],
    "everything is gone": ["DELETE FROM audit_log", "DELETE FROM audit_checkpoint"],
    "a checkpoint is rewritten": ["UPDATE audit_checkpoint SET note = replace(note, 'audit', 'Audit')"],
}


@pytest.fixture
def trail(sent):
    """Looks that have their numbers and two signed checkpoints."""
    id_ = found(sent, client_of(A), "Condition")["entry"][0]["resource"]["id"]
    for _ in range(2):
        for _ in range(3):
            read(sent, client_of(A), "Condition", id_)
        assert sequence(sent) > 0
    finding = verify(sent)
    assert finding.holds, finding.sentence()
    assert finding.verdict.size == finding.verdict.covered > 6
    assert finding.waiting == 0
    return sent


@pytest.mark.parametrize("statements", TAMPERINGS.values(), ids=TAMPERINGS)
def test_whoever_touches_the_trail_is_found_out(trail, statements):
    for statement in statements:
        sql(trail, statement)
    finding = verify(trail)
    assert not finding.holds
    assert "DOES NOT HOLD" in finding.sentence()
    assert len(finding.sentence().splitlines()) > 1, "the sentence says what is wrong"


def test_a_checkpoint_of_another_key_does_not_vouch(trail):
    with witness_path(trail).open("a", encoding="utf-8") as file:
        file.write("jukung.id/lain/audit\n3\nAAAA\n\n— lain AAAA\n\x1e\n")
    assert not verify(trail).holds


def test_new_entries_after_a_good_trail_do_not_disturb_it(trail):
    send(trail, A, file_of(row(no_kunjungan="K-3")))
    waiting = verify(trail)
    assert waiting.holds
    assert waiting.waiting > 0
    sequence(trail)
    assert verify(trail).holds
