"""Facts of a patient and month share a row: a correction takes out its own and leaves the others."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
from sqlalchemy import text

from hub.access.monitoring import NO_MONTH, open_facts, open_items
from hub.store import FactRow
from hub.store.engine import write_engine
from tests.whole.sending import A, file_of, row, send

SECOND = {"no_kunjungan": "K-2", "tanggal_kunjungan": "20/02/2026"}
OTHER = {"diagnosis_2": "E11.9", "suhu": "38,5"}


def rows(hub):
    with hub.store.reading() as tx:
        return tx.facts()


def facts(hub):
    return sorted(map(repr, (fact for each in rows(hub) for fact in open_facts(hub, each))))


def as_before(hub):
    """Every row as it was written before resources shared rows: one for each."""
    old = []
    for each in rows(hub):
        for item, found in open_items(hub, each).items():
            sizes = [len(one).to_bytes(2, "big") + one for one in map(msgspec.msgpack.encode, found)]
            body = hub.boxes.fact.seal(b"".join(sizes), item.to_bytes(8, "big", signed=True))
            old.append(FactRow(each.pseudonym, item, 1, body, each.month))
    engine = write_engine(hub.config.database_url, pool_size=1)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM fact"))
    engine.dispose()
    with hub.store.writing() as tx:
        tx.add_facts(old)


def test_a_file_of_one_patient_and_month_is_one_row(hub):
    send(hub, A, file_of(row(), row(**SECOND), row(no_kunjungan="K-3", tanggal_kunjungan="02/03/2026")))
    assert len(rows(hub)) == 2
    assert len({each.month for each in rows(hub)}) == 2
    assert len(facts(hub)) > 12


def test_a_correction_is_worth_as_much_as_if_it_had_come_first(hub):
    send(hub, A, file_of(row(**OTHER), row(**SECOND)))
    wanted = facts(hub)
    for is_old in (False, True):
        send(hub, A, file_of(row(), row(**SECOND)))
        assert facts(hub) != wanted
        if is_old:
            as_before(hub)
        send(hub, A, file_of(row(**OTHER), row(**SECOND)))
        assert facts(hub) == wanted


def test_what_is_moved_to_another_month_leaves_its_old_one(hub):
    send(hub, A, file_of(row()))
    (before,) = rows(hub)
    send(hub, A, file_of(row(tanggal_kunjungan="03/04/2026")))
    months = {each.month for each in rows(hub) if open_facts(hub, each)}
    assert before.month not in months
    assert {each.month for each in rows(hub) if not open_facts(hub, each)} == {NO_MONTH}


def test_corrections_of_one_row_at_one_moment_all_count(hub):
    """Two visits of one patient and month, corrected again and again by two senders who do not wait for each other."""
    send(hub, A, file_of(row(), row(**SECOND)))

    def correct(visit):
        for suhu in ("38,1", "38,2", "38,3", "38,4"):
            send(hub, A, file_of(row(**visit, suhu=suhu)))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(correct, ({}, SECOND)))
    corrected = facts(hub)
    assert sum("'38.4'" in fact for fact in corrected) == 2
    assert not any("'38.1'" in fact or "'37.2'" in fact for fact in corrected)
    send(hub, A, file_of(row(), row(**SECOND)))
    assert len(facts(hub)) == len(corrected)
