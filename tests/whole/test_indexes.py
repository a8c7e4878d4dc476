"""The search index is built while the hub serves: nothing is answered wrong meanwhile, and in the end it is as if it
had always been there."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.errors import HubError
from hub.model import Key
from hub.parts import Hub
from hub.pipeline import create, delete
from hub.search import adopt
from hub.upkeep.digest import content_digest
from hub.upkeep.indexing import Builder, index_progress
from tests.whole.calling import online, signed_in
from tests.whole.conftest import register
from tests.whole.indexes import built, case, cases, change, filled, finish, rows, run_sql, write_own
from tests.whole.sending import A, found

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def official_again():
    yield
    adopt([])


@pytest.fixture
def own(tmp_path) -> Path:
    place = tmp_path / "parameter.json"
    write_own(place)
    return place


def test_a_fresh_database_is_complete_and_one_with_old_rows_is_built_as_if_it_had_always_been(homes, city, own):
    """A database of an earlier version, that knows nothing of its index: its tokens are taken away altogether."""
    config = replace(homes.config, search_parameters=own)
    hub = register(homes.open(config), city)
    assert index_progress(hub) == ({}, 0, 0, 100)
    w = filled(hub)
    assert cases(w, hub, "existing") == {"k1", "k2"}
    before, digest = rows(hub), content_digest(hub)
    homes.close(hub)
    old = homes.copy(config)
    zero = "INSERT INTO code_form (loose, exact, type) VALUES (0, 0, 0)"
    none = "X''" if "sqlite" in old.database_url else "''"
    stripped = f"UPDATE resource SET keys = {none} WHERE NOT is_deleted"
    run_sql(old.database_url, stripped, "DELETE FROM token", "DELETE FROM code_form", zero, "DELETE FROM search_index")
    hub = homes.open(old)
    assert set(index_progress(hub).lacking["Condition"]) > {"_ref", "code", "case-type", "encounter", "subject"}
    refusals = [("Condition", ("code", "I10")), ("Patient", ("name", "ani")), ("Patient", ("birthdate", "1990"))]
    refusals += [("Observation", ("code:not", "1-1")), ("Observation", ("encounter.status", "finished"))]
    for type_, pair in refusals:
        with pytest.raises(HubError) as refused:
            found(hub, w.who, type_, pair)
        assert [issue.code for issue in refused.value.issues] == ["HUB-4120"], pair
    with pytest.raises(HubError) as refused:
        delete(hub, w.who, "Condition", w.id("k0"))
    assert [issue.code for issue in refused.value.issues] == ["HUB-4121"]
    assert {"c1", "c3", "k0"} == set(w.names(found(hub, w.who, "Condition", ("patient", w.id("ani")))))
    built(hub)
    assert rows(hub) == before
    assert content_digest(hub) == digest
    delete(hub, w.who, "Condition", w.id("k0"))


def test_a_new_parameter_is_refused_with_its_progress_and_then_right(hub, homes, own):
    w = filled(hub)
    before = rows(hub)
    homes.close(hub)
    hub = w.hub = homes.open(replace(homes.config, search_parameters=own))
    assert index_progress(hub).lacking == {"Condition": ["case-type"], "Encounter": ["bed"]}
    builder = Builder(hub, size=2)
    with online(hub) as caller:
        headers = signed_in(hub, caller, A, ("system/*.cruds",))
        statement = {r["type"]: r["searchParam"] for r in caller.get("/fhir/metadata").json()["rest"][0]["resource"]}
        assert {"name": "case-type", "type": "token"}.items() <= next(
            p for p in statement["Condition"] if p["name"] == "case-type"
        ).items()
        beds = f"bed={w.ref('bed')}"
        for query in ("Condition?case-type=new", f"Encounter?{beds}", "Condition?case-type:not=new",
                      "Patient?_has:Condition:patient:case-type=new", "Observation?encounter.bed:Location.name=bed",
                      "Location?_revinclude=Encounter:bed"):  # fmt: skip
            assert builder.step() or True
            answer = caller.get(f"/fhir/{query}", headers=headers | {"Accept-Language": "en"})
            assert answer.status_code == 503, query
            assert answer.headers["retry-after"] == "30"
            issue = answer.json()["issue"][0]
            assert (issue["code"], issue["details"]["coding"][0]["code"]) == ("transient", "HUB-4120")
            said = issue["details"]["text"]
            assert ("bed of Encounter" if "bed" in query else "case-type of Condition") in said
            assert f"({index_progress(hub).percent} %)" in said
        once = headers | {"If-None-Exist": "case-type=new", "Content-Type": "application/fhir+json"}
        assert caller.post("/fhir/Condition", json=case(w.ref("ani"), "A01", "new"), headers=once).status_code == 503
        for query in (
            "Condition?code=J06.9",
            "Condition?note-text=kasus",
            "Encounter?_has:Condition:encounter:code=I10",
        ):
            assert caller.get(f"/fhir/{query}", headers=headers).status_code == 200, query
        assert 0 < caller.get("/healthz").json()["index_percent"] < 100
        finish(builder)
        assert caller.get("/healthz").json() == {"status": "ok"}
        assert caller.get(f"/fhir/Encounter?{beds}", headers=headers).json()["total"] == 1
        assert caller.get("/fhir/Condition?case-type=new,existing", headers=headers).json()["total"] == 3
        assert caller.get("/fhir/Location?name=bed&_revinclude=Encounter:bed", headers=headers).json()["entry"][1:]
    assert (cases(w, hub, "new"), cases(w, hub, "existing")) == ({"k0"}, {"k1", "k2"})
    assert w.names(found(hub, w.who, "Condition", ("note-text:contains", "existing"))) == ["k1", "k2"]
    after = rows(hub)
    for table in set(before) - {"resource", "token", "search_index", "client"}:
        assert after[table] == before[table], table
    packed = {record[:2]: record[12] for record in before["resource"]}
    changed = [record for record in after["resource"] if packed[record[:2]] != record[12]]
    assert len(changed) == 4, "three cases and a bed"
    assert all(len(record[12]) == len(packed[record[:2]]) + 8 for record in changed)
    assert [(*r[:12], r[13]) for r in after["resource"]] == [(*r[:12], r[13]) for r in before["resource"]]


def test_a_build_goes_on_where_it_was_killed(hub, homes, own):
    w = filled(hub)
    homes.close(hub)
    config = replace(homes.config, search_parameters=own)
    script = (
        "import os; from hub.bootstrap import build; from hub.config import read_config;"
        "from hub.upkeep.indexing import Builder;"
        "hub = build(read_config()); builder = Builder(hub, size=3);"
        "assert builder.step() and builder.step();"
        "hub.store.writing = lambda: os.kill(os.getpid(), 9); builder.step()"
    )
    settings = {"HUB_HOME": config.home, "HUB_DATABASE_URL": config.database_url, "HUB_SEARCH_PARAMETERS": own}
    env = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    hub = homes.open(config)
    half = index_progress(hub)
    assert (half.done, half.lacking) == (6, {"Condition": ["case-type"], "Encounter": ["bed"]})
    builder = Builder(hub, size=3)
    lease = "UPDATE lease SET until_ms = 0 WHERE name = 'index'"
    assert not builder.step(), "the dead one's lease has not run out"
    run_sql(config.database_url, lease)
    assert builder.step()
    assert builder.begun == 0
    assert index_progress(hub).done == 9
    finish(builder)
    assert (cases(w, hub, "new"), cases(w, hub, "existing")) == ({"k0"}, {"k1", "k2"})


def test_rows_written_changed_and_deleted_during_the_build(hub, homes, own):
    w = filled(hub)
    homes.close(hub)
    config = replace(homes.config, search_parameters=own)
    hub = w.hub = homes.open(config)
    builder = Builder(hub, size=1)
    for number in range(6):
        builder.step()
        w.put(f"n{number}", case(w.ref("budi"), "E11", "new"))
    change(w, "k0", "J06.9", "existing")
    delete(hub, w.who, "Condition", w.id("k1"))
    delete(hub, w.who, "Condition", w.id("n1"))
    stop = threading.Event()

    def rival() -> None:
        kinds = 0
        while not stop.is_set() or kinds % 2:
            kinds += 1
            change(w, "n2", "E11", "existing" if kinds % 2 else "new")

    writer = threading.Thread(target=rival)
    writer.start()
    finish(builder)
    stop.set()
    writer.join()
    assert cases(w, hub, "new") == {"n0", "n2", "n3", "n4", "n5"}
    assert cases(w, hub, "existing") == {"k0", "k2"}
    same_as_anew(homes, hub, config, "DELETE FROM token")


def same_as_anew(homes: Any, hub: Hub, config: Any, *loss: str) -> None:
    """What is kept of a hub's resources is what a build from nothing makes of a copy of it."""
    kept = rows(hub, "resource", "token", "code_form", "counter")
    homes.close(hub)
    copy = homes.copy(config)
    run_sql(copy.database_url, "DELETE FROM search_index", *loss)
    again = homes.open(copy)
    built(again)
    assert rows(again, "resource", "token", "code_form", "counter") == kept


def test_two_builders_at_once_and_a_destroyed_key(hub, homes, own):
    w = filled(hub)
    homes.close(hub)
    config = replace(homes.config, search_parameters=own)
    hub, other = homes.open(config), homes.open(config)
    for each in (hub, other):
        each.keyring.shred(hub.ids.decode(w.id("baby")).compartment)
    builder = Builder(hub, size=4)
    assert builder.step()
    assert not Builder(other).step()
    run_sql(config.database_url, "UPDATE lease SET until_ms = 0 WHERE name = 'index'")
    taker = Builder(other, size=4)
    assert taker.step(), "the lease ran out"
    assert not builder.step(), "it is another's now"
    run_sql(config.database_url, "UPDATE lease SET until_ms = 0 WHERE name = 'index'")
    threads = [threading.Thread(target=built, args=(each,)) for each in (hub, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert index_progress(hub).lacking == index_progress(other).lacking == {}
    assert (cases(w, hub, "new"), cases(w, hub, "existing")) == ({"k0"}, {"k1"})
    homes.close(other)
    same_as_anew(homes, hub, config)


def test_who_writes_without_the_parameter_undoes_the_index_and_it_is_built_again(hub, homes, own):
    w = filled(hub)
    homes.close(hub)
    config = replace(homes.config, search_parameters=own)
    hub = homes.open(config)
    built(hub)
    homes.close(hub)
    w.hub = without = homes.open()
    assert index_progress(without).lacking == {}, "reading undoes nothing"
    with_it = rows(without, "search_index")
    w.put("late", case(w.ref("ani"), "B34", "new"))
    assert rows(without, "search_index") != with_it
    with pytest.raises(HubError):
        found(without, w.who, "Condition", ("case-type", "new"))
    homes.close(without)
    hub = homes.open(config)
    assert index_progress(hub).lacking == {"Condition": ["case-type"], "Encounter": ["bed"]}
    built(hub)
    assert cases(w, hub, "new") == {"k0", "late"}
    create(hub, w.who, case(w.ref("ani"), "B35", "new"))
    assert index_progress(hub).lacking == {}


def test_the_build_keeps_to_what_was_committed(hub, homes, own):
    """A row rewritten between being read and being written keeps what its new version is found by."""
    w = filled(hub)
    homes.close(hub)
    hub = w.hub = homes.open(replace(homes.config, search_parameters=own))
    builder = Builder(hub)
    taken = builder._taken

    def rewriting(*arguments: Any) -> Any:
        found_by = taken(*arguments)
        if not rewritten:
            rewritten.append("k1")
            change(w, "k1", "E11", "new")
        return found_by

    rewritten: list[str] = []
    builder._taken = rewriting  # type: ignore[method-assign]
    assert builder.step()
    assert builder._place is None, "the slice was given up"
    finish(builder)
    assert (cases(w, hub, "new"), cases(w, hub, "existing")) == ({"k0", "k1"}, {"k2"})
    key = hub.ids.decode(w.id("k1"))
    with hub.store.reading() as tx:
        assert tx.get([Key(*key)])[key].version == 2
