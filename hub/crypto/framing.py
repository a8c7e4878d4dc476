"""Length-prefixed framing, so that no two different lists of fields give the same bytes (docs/sealed-format.md §1)."""


def framed(*parts: bytes) -> bytes:
    """Each part after its length as four big-endian bytes."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])
