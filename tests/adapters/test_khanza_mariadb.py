"""Khanza on a real MariaDB: real types, Latin-1, zero dates; and what its queries cost the optimiser."""

import random
import re

import pytest

import tests.mariadb
from fixtures.city.khanza import bulk, hospital, load_khanza, write_khanza
from hub.mapping import load_adapter
from hub.mapping.readers.sql import open_source, read_batch
from tests.adapters.test_khanza import ADAPTER, read_all

mariadb = tests.mariadb.mariadb

GRANTS = re.compile(r"^GRANT SELECT ON sik\.(\w+) TO", re.M)


@pytest.fixture(scope="module")
def database(mariadb):
    name = mariadb.create()
    yield name
    mariadb.drop(name)


def test_mariadb_gives_what_sqlite_gives(mariadb, database, tmp_path):
    """The same visits through the real types and Latin-1, read by an account that may only SELECT."""
    settings, visits = hospital(8, 120)
    truth = load_khanza(random.Random(4), settings, visits, mariadb.url(database), cancelled=0.02)
    path = tmp_path / "sik.db"
    assert [line | {"file": ""} for line in write_khanza(random.Random(4), settings, visits, path, cancelled=0.02)] == [
        line | {"file": ""} for line in truth
    ]
    adapter = load_adapter(ADAPTER)
    ours = read_all(adapter, f"sqlite:///{path}", batch=50)
    theirs = read_all(adapter, mariadb.reader(database), batch=50)
    assert len(ours) == len(truth)
    assert theirs == ours
    text = str(theirs)
    assert "ø" in text
    assert "0000-00-00" not in text


def test_least_account_of_the_readme_suffices(mariadb, database):
    """The GRANTs of the README are enough, table by table, and each is needed."""
    granted = set(GRANTS.findall((ADAPTER / "README.md").read_text(encoding="utf-8")))
    adapter = load_adapter(ADAPTER)
    assert granted == {table.name for table in adapter.source.tables}
    mariadb.run("CREATE OR REPLACE USER 'jukung'@'localhost' IDENTIFIED BY 'rahasia'")
    for table in granted:
        mariadb.run(f"GRANT SELECT ON {database}.{table} TO 'jukung'@'localhost'")
    source = open_source(mariadb.url(database, "jukung", "rahasia"))
    try:
        assert read_batch(source, adapter.source, "", "0000/00/00", 5)
    finally:
        source.close()


def test_no_query_reads_a_whole_table_of_visits(mariadb):
    """EXPLAIN on 3,000 visits: the growing tables are entered by a range or a reference over a key, never whole."""
    name = mariadb.create()
    try:
        bulk(mariadb.url(name), visits=3_000)
        adapter = load_adapter(ADAPTER)
        first, last = "2023/01/03/000001", "2023/01/03/000060"
        values = {":after": first, ":since": first, ":first": first, ":last": last, ":batch": "60"}
        for query in (adapter.source.visits, *adapter.source.children):
            sql = re.sub(r":(\w+)", lambda found: repr(values[found[0]]).replace("'60'", "60"), query.sql)
            plan = mariadb.run(f"EXPLAIN {sql}", database=name)
            driver = plan[0]
            assert driver[3] in ("range", "ref"), (sql, plan)
            assert driver[5] is not None
            for row in plan[1:]:
                small = int(row[8] or 0) <= 400
                assert row[3] in ("eq_ref", "ref", "const", "range") or small, (sql, plan)
    finally:
        mariadb.drop(name)
