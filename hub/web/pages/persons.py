"""The steward of patient identities: open doubts, two records side by side, a person's records; what can be undone."""

from urllib.parse import urlencode

from starlette.responses import Response

from hub.access import persons
from hub.errors import Category, HubError
from hub.model import PATIENT_RID, Issue, Key
from hub.parts import Hub
from hub.pipeline import stewarding
from hub.record.dates import in_words
from hub.upkeep.civil import household
from hub.web.call import Call
from hub.web.evidence import reasons, rows, rule_text
from hub.web.render import go, page

LIST = "/petugas/orang"
DAY_MS = 86_400_000
SHOWN = 25
"""So many doubts of all are shown at first."""
DONE = ("satu", "beda", "pisah", "masih", "batal", "sambung")
"""The messages after a decision."""


def doubts(hub: Hub, call: Call) -> Response:
    """GET /petugas/orang: the open doubts, oldest first, without names; the search. `semua`: not only the first."""
    found = persons.doubts(hub, call.caller)
    shown = found if "semua" in call.query else found[:SHOWN]
    now = hub.clock()
    return page(
        hub.config,
        call,
        "persons.html",
        doubts=[(doubt, max(0, (now - doubt.since_ms) // DAY_MS)) for doubt in shown],
        how_many=len(found),
        is_cut=len(found) == persons.MOST_DOUBTS,
        names=_names(hub),
    )


def search(hub: Hub, call: Call) -> Response:
    """POST /petugas/orang/cari: by NIK or by the number of a record, on to the person's page. A NIK never stands in an
    address."""
    asked = "".join(call.value("cari").split())
    if len(asked) == 16 and asked.isdecimal():
        asked = persons.find(hub, call.caller, asked)
    return go(f"{LIST}/catatan/{_id(asked)}")


def person(hub: Hub, call: Call) -> Response:
    """GET /petugas/orang/catatan/{id}: the person's records, every link and judgement, and the way to each pair."""
    found = persons.person(hub, call.caller, call.args["id"])
    return page(
        hub.config,
        call,
        "person.html",
        person=found,
        here=call.args["id"],
        household=_household(hub, found),
        facility_of={face.id: face.facility for face in (*found.faces, *found.others)},
        day_text=lambda day: in_words(day, call.lang),
        rule_text=lambda rule: rule_text(rule, call.lang),
        names=_names(hub),
    )


def other(_hub: Hub, call: Call) -> Response:
    """POST /petugas/orang/catatan/{id}: compare with another record, by its number."""
    return go(f"{LIST}/{_id(call.args['id'])}/{_id(call.value('nomor'))}")


def pair(hub: Hub, call: Call) -> Response:
    """GET /petugas/orang/{one}/{other}: two records side by side, and why the hub doubts."""
    found = persons.pair(hub, call.caller, call.args["one"], call.args["other"])
    following = [doubt for doubt in persons.doubts(hub, call.caller) if not _is_same(doubt, found)]
    later = [doubt for doubt in following if found.doubt_ms is not None and doubt.since_ms > found.doubt_ms]
    after = next(iter(later or following), None)
    return page(
        hub.config,
        call,
        "pair.html",
        pair=found,
        rows=rows(found.faces, found.match, call.lang),
        reasons=reasons(found.match, call.lang),
        percent=round(100 * found.match.score),
        was=round(100 * found.doubt) if found.doubt is not None else None,
        rule_text=lambda rule: rule_text(rule, call.lang),
        days=max(0, (hub.clock() - found.doubt_ms) // DAY_MS) if found.doubt_ms is not None else 0,
        skip=f"{LIST}/{after.one}/{after.other}" if after else LIST,
        facility_of={face.id: face.facility for face in found.faces},
        names=_names(hub),
        message=call.told(DONE),
    )


def decide(hub: Hub, call: Call) -> Response:
    """POST /petugas/orang/{one}/{other}: one decision with its reason, then the pair again."""
    who, one, two = call.caller, call.args["one"], call.args["other"]
    choice, reason, number = call.value("putusan"), call.value("alasan"), call.value("nomor")
    done = choice
    if choice == "satu":
        stewarding.link(hub, who, one, two, reason)
    elif choice in ("beda", "pisah"):
        is_still_joined = (stewarding.reject if choice == "beda" else stewarding.unlink)(hub, who, one, two, reason)
        done = "masih" if is_still_joined else choice
    elif choice in ("batal", "sambung") and number.isdecimal() and len(number) < 20:
        stewarding.undo(hub, who, one, two, int(number), reason, is_relinked=choice == "sambung")
    else:
        raise HubError(Category.INCORRECT, Issue("HUB-5907"))
    return go(f"{LIST}/{one}/{two}?{urlencode({'pesan': done})}")


def _household(hub: Hub, found: persons.Person) -> list[str]:
    """Other records that may be of the same household, by number; a proposal of the civil registry's answers."""
    keys = [key for face in found.faces if (key := hub.ids.decode(face.id)) is not None]
    other = {one for key in keys for one in household(hub, key.compartment)}
    return sorted(hub.ids.encode(Key(one, PATIENT_RID)) for one in other)


def _is_same(doubt: persons.Doubt, found: persons.Pair) -> bool:
    return {doubt.one, doubt.other} == {face.id for face in found.faces}


def _id(text: str) -> str:
    """A record's number as it may stand in an address. NOT_FOUND for anything else: it could be a NIK or a name."""
    number = text.strip().removeprefix("Patient/")
    if len(number) != 32 or not (number.isascii() and number.isalnum()):
        raise HubError(Category.NOT_FOUND, Issue("HUB-3201"))
    return number


def _names(hub: Hub) -> dict[str, str]:
    return {facility.id: facility.name for facility in hub.facilities.values()}
