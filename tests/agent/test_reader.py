"""What a database's values become, what it refuses and how it is named, and databases that lack a column or a table."""

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import psycopg
import pytest

from hub.errors import HubError, catalogue, fix, text
from hub.mapping import Incomplete
from hub.mapping.readers.scalar import scalar_text
from hub.mapping.readers.schema import examine, excess_rights, fitted
from hub.mapping.readers.sql import open_source, read_batch
from hub.mapping.source import SourceTable, read_source, tables_of

ONE = "SELECT k.no_rawat, {} AS x FROM kunjungan k WHERE k.no_rawat > :after AND k.no_rawat >= :since LIMIT :batch"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (date(2026, 11, 2), "2026-11-02"),
        (datetime(2026, 11, 2, 8, 5), "2026-11-02 08:05:00"),
        (time(8, 5, 1), "08:05:01"),
        (timedelta(hours=8, minutes=5), "08:05:00"),
        (timedelta(hours=30), "30:00:00"),
        (-timedelta(minutes=90), "-01:30:00"),
        ("0000-00-00", ""),
        ("0000-00-00 00:00:00", ""),
        (Decimal("36.50"), "36.50"),
        (Decimal("1E+3"), "1000"),
        (36.5, "36.5"),
        (25000.0, "25000"),
        (1e22, "10000000000000000000000"),
        (float("nan"), ""),
        (7, "7"),
        (True, "1"),
        (b"\x01", "1"),
        (b"caf\xc3\xa9", "café"),
        (b"\x93batuk\x94 \x96 3 hari", "“batuk” – 3 hari"),
        ("cafÃ© â€“ 38Â°C", "café – 38°C"),
        ("Rusdi\0", "Rusdi"),
        ("Château", "Château"),
    ],
)
def test_values_as_the_databases_own_client_shows_them(value, expected):
    assert scalar_text(value) == expected


def test_types_and_signs_of_a_real_mariadb(mariadb, rawat):
    name = mariadb.create()
    mariadb.run(
        "CREATE TABLE semua (id VARCHAR(9) PRIMARY KEY, a DATE, b TIME, c DATETIME, d DATE, e DECIMAL(8,3), f DOUBLE, "
        "g TINYINT, h ENUM('L','P'), i TEXT, j VARCHAR(20), k BIT(1), l DATETIME, m TIMESTAMP NULL) CHARSET latin1",
        database=name,
    )
    with mariadb.connection(name, charset="latin1") as raw, raw.cursor() as cursor:
        # what Java programs leave behind: cp1252 signs, and UTF-8 bytes in a latin1 column
        cursor.execute(
            b"INSERT INTO semua VALUES ('A1', '2026-11-18', '08:15:00', '2026-11-18 08:15:07', '0000-00-00', 36.500, "
            b"120, 3, 'P', '\x93sesak\x94 \x96 38\xb0C', 'Andr\xc3\xa9', b'1', '0000-00-00 00:00:00', NULL)"
        )
    spec = replace(
        rawat.source,
        visits=replace(
            rawat.source.visits,
            sql="SELECT s.* FROM semua s WHERE s.id > :after AND s.id >= :since ORDER BY s.id LIMIT :batch",
            key="id",
        ),
        children=(),
    )
    with closing(open_source(mariadb.reader(name))) as source:
        rows = read_batch(source, spec, "", "", 10)
    assert rows == [
        {
            "id": "A1", "a": "2026-11-18", "b": "08:15:00", "c": "2026-11-18 08:15:07", "e": "36.500", "f": "120",
            "g": "3", "h": "P", "i": "“sesak” – 38°C", "j": "André", "k": "1",
        }
    ]  # fmt: skip
    mariadb.drop(name)


def test_children_belong_to_their_visit_however_its_key_is_written(hospital, rawat):
    hospital.fill(3)
    hospital.run("UPDATE kunjungan SET no_rawat = 'RJ/1' WHERE no_rawat = '2026/11/18/000001'")
    hospital.run("UPDATE diagnosa SET no_rawat = 'RJ/1' WHERE no_rawat = '2026/11/18/000001' AND urutan = 1")
    if hospital.server:  # a latin1_swedish_ci key joins whatever its case
        hospital.run("UPDATE diagnosa SET no_rawat = 'rj/1' WHERE no_rawat = 'RJ/1'")
    with closing(open_source(hospital.url)) as source:
        spec = fitted(source, rawat.source)
        rows = read_batch(source, spec, "", "", 2)
        rows += read_batch(source, spec, rows[-1]["no_rawat"], "", 2)
        assert read_batch(source, spec, rows[-1]["no_rawat"], "", 2) == []
    assert [(row["no_rawat"], len(row["diagnosa"])) for row in rows] == [
        ("2026/11/18/000002", 2), ("2026/11/18/000003", 2), ("RJ/1", 1),
    ]  # fmt: skip


def test_a_visit_named_twice_is_taken_once_and_counted(hospital, rawat):
    hospital.fill(2)
    sql = "SELECT k.no_rawat, d.kd AS keluhan FROM kunjungan k JOIN diagnosa d ON d.no_rawat = k.no_rawat"
    sql += " WHERE k.no_rawat > :after AND k.no_rawat >= :since ORDER BY k.no_rawat LIMIT :batch"
    spec = replace(rawat.source, visits=replace(rawat.source.visits, sql=sql), children=())
    with closing(open_source(hospital.url)) as source:
        assert len(read_batch(source, spec, "", "", 10)) == 2
        assert source.repeated == 2


def test_a_column_that_an_installation_lacks_is_empty(hospital, rawat):
    hospital.run("ALTER TABLE diagnosa DROP COLUMN status")
    hospital.run("ALTER TABLE kunjungan DROP COLUMN suhu")
    hospital.run("INSERT INTO kunjungan (no_rawat, nama, lahir) VALUES ('2026/11/18/1', 'Siti', '1990-01-02')")
    hospital.run("INSERT INTO diagnosa (no_rawat, kd, urutan) VALUES ('2026/11/18/1', 'I10', 1)")
    with closing(open_source(hospital.url)) as source:
        found = examine(source, rawat.source)
        assert (found.missing, sorted(found.absent)) == ((), ["diagnosa.status", "kunjungan.cabang", "kunjungan.suhu"])
        rows = read_batch(source, fitted(source, rawat.source), "", "", 9)
    assert rows == [
        {
            "no_rawat": "2026/11/18/1", "nama": "Siti", "lahir": "1990-01-02",
            "diagnosa": [{"kd": "I10", "urutan": "1"}],
        }
    ]  # fmt: skip


def test_an_optional_table_that_is_missing_takes_its_children_with_it(hospital, rawat):
    hospital.fill(1)
    hospital.run("DROP TABLE diagnosa")
    with closing(open_source(hospital.url)) as source:
        with pytest.raises(HubError) as refused:
            fitted(source, rawat.source)
        assert refused.value.issues[0].args == {"missing": "diagnosa"}
        tables = tuple(replace(table, is_optional=table.name == "diagnosa") for table in rawat.source.tables)
        spec = fitted(source, replace(rawat.source, tables=tables))
        (row,) = read_batch(source, spec, "", "", 9)
    assert "diagnosa" not in row
    assert spec.children == ()


def test_an_absent_column_inside_an_expression_is_null_without_a_name(hospital, rawat):
    hospital.fill(1)
    sql = ONE.format("COALESCE(k.nama, k.cabang, k.jk)") + " "
    spec = replace(rawat.source, visits=replace(rawat.source.visits, sql=sql), children=())
    with closing(open_source(hospital.url)) as source:
        (row,) = read_batch(source, fitted(source, spec), "", "", 9)
    assert row["x"] == "Siti Contoh 1"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("bukan alamat", "HUB-2200"),
        ("oracle://a:rahasia@server/sik", "HUB-2200"),
        ("sqlite:////tidak/ada/sik.db", "HUB-2217"),
        ("mysql+pymysql://a:rahasia@127.0.0.1:9/sik", "HUB-2201"),
        ("postgresql+psycopg://a:rahasia@127.0.0.1:9/sik", "HUB-2201"),
    ],
)
def test_sources_that_cannot_be_opened(url, code, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(HubError) as refused:
        open_source(url)
    (issue,) = refused.value.issues
    assert issue.code == code
    said = " ".join(f"{text(issue, lang)} {fix(issue, lang)}" for lang in ("id", "en")) + caplog.text
    assert "rahasia" not in said
    assert "9/sik" not in said
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_accounts_and_rights(mariadb, rawat):
    name = mariadb.create()
    with pytest.raises(HubError) as refused:
        open_source(mariadb.url(name, "root", "salah"))
    assert refused.value.issues[0].code == "HUB-2202"
    with pytest.raises(HubError) as refused:
        open_source(mariadb.url("tidak_ada"))
    assert refused.value.issues[0].code == "HUB-2206"
    reader = mariadb.reader(name)
    with closing(open_source(reader)) as source:
        assert excess_rights(source) == ()
        assert examine(source, rawat.source).missing == ("kunjungan", "diagnosa")
        with pytest.raises(HubError) as refused:
            source.select("x", "SELECT * FROM mysql.user", {})
        assert refused.value.issues[0].code == "HUB-2202"
    mariadb.run(f"GRANT DELETE, INSERT ON {name}.* TO 'baca_{name}'@'localhost'")
    with closing(open_source(reader)) as source:
        assert excess_rights(source) == ("DELETE", "INSERT")
    mariadb.drop(name)


def test_a_query_that_takes_too_long_is_given_up(mariadb):
    name = mariadb.create()
    with closing(open_source(mariadb.reader(name), timeout_s=1)) as source:
        with pytest.raises(HubError) as refused:
            source.select("slow", "SELECT COUNT(*) AS x FROM seq_1_to_9000000 a, seq_1_to_9000000 b", {})
        assert refused.value.issues[0].code == "HUB-2207"
    mariadb.drop(name)


def test_postgresql_is_read_too_and_cannot_be_written(postgres, rawat):
    url = postgres.create("sumber")
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as db:
        db.execute("CREATE TABLE kunjungan (no_rawat text PRIMARY KEY, tgl date, jam time, nama text, jk text, "
                   "lahir date, suhu numeric(4,1), keluhan text)")  # fmt: skip
        db.execute("CREATE TABLE diagnosa (no_rawat text, kd text, urutan int, status text)")
        db.execute("INSERT INTO kunjungan VALUES ('2026/11/18/1', '2026-11-18', '08:15', 'Siti', 'P', NULL, 36.5, '')")
        db.execute("INSERT INTO diagnosa VALUES ('2026/11/18/1', 'I10', 1, NULL)")
    with closing(open_source(url)) as source:
        rows = read_batch(source, fitted(source, rawat.source), "", "2026/11/01", 10)
        with pytest.raises(HubError):
            source.select("write", "DELETE FROM diagnosa", {})
        assert "DELETE" in excess_rights(source)
    assert rows == [
        {
            "no_rawat": "2026/11/18/1", "tgl": "2026-11-18", "jam": "08:15:00", "nama": "Siti", "jk": "P",
            "suhu": "36.5", "diagnosa": [{"kd": "I10", "urutan": "1"}],
        }
    ]  # fmt: skip
    postgres.drop("sumber")


def test_an_sqlite_file_with_latin1_bytes_in_it(tmp_path, rawat):
    path = tmp_path / "lama.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE kunjungan (no_rawat TEXT, nama TEXT)")
        db.execute("INSERT INTO kunjungan VALUES ('1', CAST(X'416E6472E9' AS TEXT))")
    with closing(open_source(f"sqlite:///{path}")) as source:
        (row,) = source.select("x", "SELECT nama FROM kunjungan", {})
    assert row["nama"] == "André"


def test_tables_and_aliases_of_a_query():
    sql = "SELECT a.x FROM reg_periksa r JOIN pasien AS p ON p.x = r.x LEFT JOIN dokter ON dokter.k = r.k WHERE 1"
    assert tables_of(sql) == {"r": "reg_periksa", "p": "pasien", "dokter": "dokter"}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("SELECT k.no_rawat", "DELETE k.no_rawat", "visits: sql must be one SELECT"),
        ("LIMIT :batch", "LIMIT 5", "exactly the parameters after, batch, since"),
        ("ORDER BY k.no_rawat", "", "needs ORDER BY"),
        ('key = "no_rawat"', 'key = "nomor"', "the key nomor is no column"),
        ('name = "diagnosa"\nsql', 'name = "obat"\nsql', "no group of this name"),
        ('since = "%Y/%m/%d"', 'kind = "number"', "name the column with the date"),
        ("FROM diagnosa d", "FROM lain d", "table lain is not listed"),
        ("[visits]", "[kunjungan]", "unknown part kunjungan"),
        ("[visits]\nsql", "[visits]\nql", "visits: unknown entry ql"),
    ],
)
def test_faults_of_a_source_toml_are_named(rawat, tmp_path, old, new, fault):
    good = (rawat.folder / "source.toml").read_text(encoding="utf-8")
    assert old in good
    (tmp_path / "source.toml").write_text(good.replace(old, new), encoding="utf-8")
    with pytest.raises(Incomplete, match=fault):
        read_source(tmp_path / "source.toml", rawat.manifest)


def test_a_source_without_the_file_is_none(tmp_path, rawat):
    assert read_source(tmp_path / "source.toml", rawat.manifest) is None
    assert SourceTable("x").columns == ()
    assert "HUB-2200" in catalogue()
