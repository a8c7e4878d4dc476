"""One digest over everything stored: equal for two hubs with the same keys that took in the same, in whatever order and
however often they were interrupted."""

import hashlib

from hub.parts import Hub


def content_digest(hub: Hub) -> tuple[str, int]:
    """SHA-256 over the sorted (facility, source identifier, content) of all sourced resources, and their number.

    Source identifiers and contents enter as their keyed hashes: no row is opened.
    """
    with hub.store.reading() as tx:
        lines = sorted(tx.content_lines())
    whole = hashlib.sha256()
    for token, author, digest, is_deleted in lines:
        whole.update(b"%b%d:%b%d" % (token, author, digest, is_deleted))
    return whole.hexdigest(), len(lines)
