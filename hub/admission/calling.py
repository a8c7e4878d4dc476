"""Who a bearer token speaks for, asked anew on every request, so that a disabled client is out at once."""

from hub.admission.sealed import open_principal
from hub.auth import is_token, token_hash
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.parts import Hub


def authenticate(hub: Hub, bearer: str) -> Principal:
    """The principal of an access token. UNAUTHENTICATED when it is unknown or expired, or its client inactive."""
    if is_token(bearer):
        place = token_hash(bearer)
        with hub.store.reading() as tx:
            found = tx.access_token(place, hub.clock())
            if found is not None:
                who = open_principal(hub, found, place)
                client = tx.client(who.subject)
                if client is not None and client.is_active and client.facility == who.facility:
                    return who
    raise HubError(Category.UNAUTHENTICATED, Issue("HUB-5002"))
