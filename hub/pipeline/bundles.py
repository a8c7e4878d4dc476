"""The FHIR API's way in, many at a time: the Bundle of a batch or transaction, and the answers to its entries.

https://www.hl7.org/fhir/R4/http.html#transaction
"""

from typing import Any

from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.parts import Hub
from hub.pipeline.batches import batch
from hub.pipeline.once import Once
from hub.pipeline.responses import Door
from hub.pipeline.transactions import transaction

ENTRY_LIMIT = 2000


def bundle(hub: Hub, who: Principal, sent: dict[str, Any], door: Door, once: Once | None = None) -> bytes:
    """Carry out a transaction or batch and answer with the response Bundle. Raises HubError when a transaction fails:
    its issues name the entry (`Bundle.entry[3].resource.status`) and nothing of it is stored."""
    kind = sent.get("type")
    if sent.get("resourceType") != "Bundle" or kind not in ("transaction", "batch"):
        raise HubError(Category.INCORRECT, Issue("HUB-3108", "Bundle.type", args={"type": str(kind)[:20]}))
    entries = sent.get("entry") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise HubError(Category.INCORRECT, Issue("HUB-3110", "Bundle.entry", args={"method": "?", "url": "?"}))
    if len(entries) > ENTRY_LIMIT:
        args = {"count": str(len(entries)), "limit": str(ENTRY_LIMIT)}
        raise HubError(Category.TOO_LARGE, Issue("HUB-3109", "Bundle.entry", args=args))
    return (transaction if kind == "transaction" else batch)(hub, who, entries, door, once)
