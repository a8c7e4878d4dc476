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
        raise HubError(Category.INCORRECT, Issue("HUB-3108", "Bundle.type", args={"type": str(kind or "–")[:20]}))
    entries = sent.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise HubError(Category.INCORRECT, Issue("HUB-3124", "Bundle.entry"))
    if len(entries) > ENTRY_LIMIT:
        args = {"count": str(len(entries)), "limit": str(ENTRY_LIMIT)}
        raise HubError(Category.TOO_LARGE, Issue("HUB-3109", "Bundle.entry", args=args))
    _require_apart(entries, is_versioned=kind == "batch")
    return (transaction if kind == "transaction" else batch)(hub, who, entries, door, once)


def _require_apart(entries: list[dict[str, Any]], *, is_versioned: bool) -> None:
    """bdl-7: no two entries of one fullUrl; in a batch, where no entry means another, versions may tell them apart."""
    first: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(entries):
        url, resource = entry.get("fullUrl"), entry.get("resource")
        meta = resource.get("meta") if isinstance(resource, dict) else None
        version = str(meta.get("versionId")) if is_versioned and isinstance(meta, dict) else ""
        if isinstance(url, str) and url and first.setdefault((url, version), index) != index:
            other = f"Bundle.entry[{first[url, version]}]"
            raise HubError(Category.INCORRECT, Issue("HUB-3127", f"Bundle.entry[{index}]", args={"other": other}))
