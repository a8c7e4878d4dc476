"""What the city counts, without keys and without names."""

from hub.monitor.facts import (
    OUTSIDE,
    Fact,
    Sum,
    decode_fact,
    decode_items,
    decode_values,
    encode_items,
    facts,
    sums,
)

__all__ = [
    "OUTSIDE",
    "Fact",
    "Sum",
    "decode_fact",
    "decode_items",
    "decode_values",
    "encode_items",
    "facts",
    "sums",
]
