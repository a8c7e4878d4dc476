"""Who bearer tokens speak for, asked anew on every request, so that a revoked token and a disabled or changed client
are out at once."""

from collections.abc import Collection
from contextlib import suppress

from hub.admission.sealed import open_principal
from hub.auth import is_token, token_hash
from hub.crypto import Tampered
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.parts import Hub


def authenticate(hub: Hub, bearer: str) -> Principal:
    """The principal of an access token. UNAUTHENTICATED when it is unknown or expired, or its client inactive or
    registered anew."""
    who = principals(hub, [bearer]).get(bearer)
    if who is None:
        raise unauthenticated()
    return who


def principals(hub: Hub, bearers: Collection[str]) -> dict[str, Principal]:
    """The principals of several access tokens; those that `authenticate` would refuse are left out."""
    places = {token_hash(bearer): bearer for bearer in bearers if is_token(bearer)}
    if not places:
        return {}
    found: dict[str, Principal] = {}
    with hub.store.reading(is_single=True) as tx:
        for place, body in tx.access_tokens(places, hub.clock()).items():
            with suppress(Tampered):  # then it is no token of ours
                found[places[place]] = open_principal(hub, body, place)
        active = tx.active_clients({who.subject for who in found.values()})
    return {bearer: who for bearer, who in found.items() if (who.subject, who.facility, _registration(who)) in active}


def _registration(who: Principal) -> int:
    return int(who.grants[0]) if who.grants else 0


def unauthenticated() -> HubError:
    """The one refusal of a token, whatever is wrong with it."""
    return HubError(Category.UNAUTHENTICATED, Issue("HUB-5002"))
