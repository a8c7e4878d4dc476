"""Reads that arrive together share a look-up and a commit, nothing else: each has its own answer and audit entry."""

import asyncio
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from hub import access
from hub.admission import authenticate, disable_client
from hub.api import create_app
from hub.api.site import Ask
from hub.audit.entry import decode_entry
from hub.auth import new_token, token_hash
from hub.errors import HubError
from hub.model import AuditEntry, Facility, Principal
from hub.parts import Hub
from hub.pipeline import create, delete
from hub.store import Unavailable
from hub.upkeep.registering import register_facility
from tests.whole.calling import bare, online, signed_in

PATIENT = {"resourceType": "Patient", "gender": "male", "birthDate": "1985-03-12"}
CLINICS = ("satu", "dua")
ABSENT = "0" * 32
OPEN, GONE, HIDDEN, NO_TOKEN, NO_SCOPE = "open", "HUB-4301", "HUB-4101", "HUB-5002", "HUB-5003"


@dataclass(frozen=True)
class World:
    """Two clinics with tokens of several kinds, and what each stored."""

    hub: Hub
    tokens: dict[str, str]
    ids: dict[str, str]

    def cases(self) -> Iterator[tuple[Ask, str]]:
        """Every token with every address, and what must come of it."""
        for token in self.tokens:
            for name, id_ in self.ids.items():
                for type_ in ("Patient", "Observation"):
                    yield Ask(self.tokens[token], type_, id_), self.expected(token, name, type_)

    def expected(self, token: str, name: str, type_: str) -> str:
        if token == "unknown":
            return NO_TOKEN
        clinic, _, may = token.partition("/")
        if may == "write":
            return NO_SCOPE
        if type_ != "Patient" or not name.startswith(clinic):
            return HIDDEN
        return GONE if name.endswith("gone") else OPEN

    def outcome(self, found: access.Answer | Exception) -> str:
        if isinstance(found, HubError):
            return found.issues[0].code
        assert isinstance(found, access.Answer), found
        return OPEN

    def audited(self) -> list[AuditEntry]:
        """The reads in the trail so far."""
        with self.hub.store.reading() as tx:
            rows = [*tx.unsequenced(100_000), *tx.log(0, 100_000)]
        entries = [decode_entry(self.hub.boxes.audit.open(row.body, b"audit")) for row in rows]
        return [entry for entry in entries if entry.event == "read"]


@pytest.fixture
def world(hub: Hub) -> World:
    tokens, ids = {"unknown": new_token()}, {"absent": ABSENT, "no id of ours": "abc"}
    with online(hub) as caller:
        for name in CLINICS:
            facility = register_facility(hub, Facility(0, f"klinik-{name}", f"Klinik {name}")).id
            for may, scopes, client in (("write", ("system/*.cu",), "lis"), ("all", ("system/*.cruds",), "rme")):
                signed = signed_in(hub, caller, facility, scopes, client)["Authorization"]
                tokens[f"{name}/{may}"] = signed.removeprefix("Bearer ")
            who = Principal("clinic-client", facility, "TREAT", facility=facility)
            for what in ("a", "b", "gone"):
                ids[f"{name}/{what}"] = create(hub, who, PATIENT | {"name": [{"text": f"Contoh {name} {what}"}]}).id
            delete(hub, who, "Patient", ids[f"{name}/gone"])
    return World(hub, tokens, ids)


def test_each_gets_its_own_answer_and_audit_entry(world: World) -> None:
    site = create_app(world.hub).state.site
    cases = [case for case in world.cases() for _ in range(3)]
    random.Random(7).shuffle(cases)
    before = len(world.audited())

    async def all_at_once() -> list[access.Answer | Exception]:
        reads = (site.read(ask, f"r{number}") for number, (ask, _) in enumerate(cases))
        return await asyncio.gather(*reads, return_exceptions=True)

    found = asyncio.run(all_at_once())
    assert [world.outcome(each) for each in found] == [expected for _, expected in cases]
    for (ask, expected), each in zip(cases, found, strict=True):
        if expected == OPEN:
            assert isinstance(each, access.Answer)
            assert f'"id":"{ask.id}"'.encode() in each.body
    entries = world.audited()[before:]
    looks = {f"r{n}": (ask, want) for n, (ask, want) in enumerate(cases) if want not in (NO_TOKEN, NO_SCOPE)}
    assert sorted(entry.request_id for entry in entries) == sorted(looks)
    for entry in entries:
        ask, expected = looks[entry.request_id]
        assert entry.resource == f"{ask.type}/{ask.id}"
        assert entry.outcome == ("deny" if expected == HIDDEN else "permit")
        assert entry.facility == authenticate(world.hub, ask.token).facility
        key = world.hub.ids.decode(ask.id)
        is_about_somebody = ask.type == "Patient" and ask.id != ABSENT and key is not None
        assert entry.compartments == ((key.compartment,) if is_about_somebody and key else ())


def test_many_threads_with_mixed_groups(world: World) -> None:
    """Also the patients themselves, whose right is decided on a snapshot: permitted among the refused."""
    hub, looks = world.hub, []
    for name in CLINICS:
        clinic = Principal("clinic-client", "x", "TREAT", facility=f"klinik-{name}")
        key = hub.ids.decode(world.ids[f"{name}/a"])
        assert key is not None
        person = Principal("patient", "x", "PATRQT", compartment=key.compartment)
        for what, id_ in world.ids.items():
            looks.append((access.Look(clinic, "Patient", id_, ""), world.expected(f"{name}/all", what, "Patient")))
            looks.append((access.Look(person, "Patient", id_, ""), OPEN if what == f"{name}/a" else HIDDEN))
    before = len(world.audited())

    def group(seed: int) -> None:
        mine = [(look._replace(request_id=f"{seed}/{n}"), want) for n, (look, want) in enumerate(looks)]
        random.Random(seed).shuffle(mine)
        found = access.read_many(hub, [look for look, _ in mine])
        assert [world.outcome(each) for each in found] == [want for _, want in mine]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(group, range(16)))
    entries = world.audited()[before:]
    assert len({entry.request_id for entry in entries}) == len(entries) == 16 * len(looks)


def test_what_does_not_open_fails_alone(world: World) -> None:
    hub = world.hub
    key = hub.ids.decode(world.ids["satu/a"])
    assert key is not None
    with hub.store.writing() as tx:
        row = tx.get([key])[key]
        changed = row.body[:-1] + bytes([row.body[-1] ^ 1])
        tx.db.run("UPDATE resource SET body = ? WHERE compartment = ? AND rid = ?", (changed, *key))
    who = Principal("clinic-client", "x", "TREAT", facility="klinik-satu")
    names = ("satu/b", "satu/a", "satu/gone", "satu/b")
    found = access.read_many(hub, [access.Look(who, "Patient", world.ids[name], "") for name in names])
    assert [type(each).__name__ for each in found] == ["Answer", "Tampered", "HubError", "Answer"]


def test_nothing_is_answered_when_the_audit_cannot_be_written(world: World) -> None:
    hub = world.hub
    asks = [(Ask(world.tokens["satu/all"], "Patient", id_), "r") for id_ in world.ids.values()] * 3
    with hub.store.writing() as tx:
        tx.db.run("ALTER TABLE audit_out RENAME TO audit_away")
    site = create_app(hub).state.site

    async def all_at_once() -> list[access.Answer | BaseException]:
        return await asyncio.gather(*(site.read(*ask) for ask in asks), return_exceptions=True)

    assert {type(each) for each in asyncio.run(all_at_once())} == {Unavailable}
    with online(hub) as caller:
        for name in ("satu/a", "satu/gone", "absent"):
            headers = {"Authorization": f"Bearer {world.tokens['satu/all']}"}
            answer = caller.get(f"/fhir/Patient/{world.ids[name]}", headers=headers)
            assert (answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]) == (503, "HUB-5810")
    with hub.store.writing() as tx:
        tx.db.run("ALTER TABLE audit_away RENAME TO audit_out")
    assert isinstance(asyncio.run(all_at_once())[2], access.Answer)


def test_a_revoked_token_and_a_disabled_client_are_out_at_once(world: World) -> None:
    hub, path = world.hub, f"/fhir/Patient/{world.ids['satu/a']}"
    with online(hub) as caller:

        def status(token: str) -> int:
            return caller.get(path, headers={"Authorization": f"Bearer {world.tokens[token]}"}).status_code

        assert [status("satu/all"), status("satu/all"), status("dua/all")] == [200, 200, 404]
        with hub.store.writing() as tx:
            assert tx.revoke_access_token(token_hash(world.tokens["satu/all"]))
        assert [status("satu/all"), status("dua/all")] == [401, 404]
        assert disable_client(hub, "klinik-dua-rme")
        assert status("dua/all") == 401


def test_the_plain_way_and_the_general_way_answer_alike(world: World) -> None:
    """A query that changes nothing takes the general way."""
    with online(world.hub) as caller:
        for ask, expected in world.cases():
            headers = {"Authorization": f"Bearer {ask.token}", "Accept-Language": "en"}
            path = f"/fhir/{ask.type}/{ask.id}"
            plain, general = (caller.get(path + query, headers=headers) for query in ("", "?_format=json"))
            assert bare(plain) == bare(general), (path, expected)
        known = f"/fhir/Patient/{world.ids['satu/a']}"
        signed = {"Authorization": f"Bearer {world.tokens['satu/all']}"}
        assert caller.get(known, headers=signed | {"If-None-Match": 'W/"1"'}).status_code == 304
        assert caller.get(known, headers=signed | {"Accept": "application/xml"}).status_code == 406
        assert caller.get(known, headers=signed | {"Accept": "application/fhir+json"}).status_code == 200
        twice = [("Authorization", f"Bearer {world.tokens['satu/all']}")] * 2
        assert [caller.get(known, headers=twice).status_code, caller.get(known).status_code] == [401, 401]


def test_a_principal_is_remembered_by_nobody(world: World) -> None:
    """What a client may do is read with its token every time: a change of its facility ends its tokens."""
    hub = world.hub
    token = world.tokens["satu/all"]
    assert authenticate(hub, token).facility == "klinik-satu"
    with hub.store.writing() as tx:
        client = tx.client("klinik-satu-rme")
        assert client is not None
        tx.set_client(replace(client, facility="klinik-dua"))
    with pytest.raises(HubError):
        authenticate(hub, token)
