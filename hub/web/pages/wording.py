"""A facility's words without a code: a person says once what each means."""

from starlette.responses import Response

from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.upkeep.wording import NO_CODE, coverage, settle_word, settled_words, unknown_words, unsettle_word
from hub.web.call import Call
from hub.web.render import go, page

SHOWN = 50


def review(hub: Hub, call: Call) -> Response:
    """GET /faskes/kode: coverage by volume, unknown words with suggestions, and what was settled."""
    facility = call.own_facility
    words = unknown_words(hub, facility)
    codes = hub.adapters[hub.facilities[facility].adapter].codes
    return page(
        hub.config,
        call,
        "wording.html",
        coverage=coverage(hub, facility),
        words=words[:SHOWN],
        left=max(0, len(words) - SHOWN),
        settled=settled_words(hub, facility),
        known={kind: sorted(text for of, text in codes if of == kind) for kind in {word.kind for word in words}},
    )


def settle(hub: Hub, call: Call) -> Response:
    """POST /faskes/kode: one word settled."""
    choice, typed = call.value("arti"), call.value("lain").strip()
    meaning = NO_CODE if choice == NO_CODE else typed if choice == "lain" else choice
    if not meaning or not call.value("kata"):
        raise HubError(Category.INCORRECT, Issue("HUB-5907"))
    settle_word(hub, call.caller, call.own_facility, call.value("jenis"), call.value("kata"), meaning)
    return go("/faskes/kode")


def unsettle(hub: Hub, call: Call) -> Response:
    """POST /faskes/kode/batal: one word waits for a meaning again."""
    unsettle_word(hub, call.caller, call.own_facility, call.value("jenis"), call.value("kata"))
    return go("/faskes/kode")
