"""Which words a facility uses for medicines, tests and units, and which of them have a code: counted in the part's own
transaction, so that coverage can be told by volume and a person can settle each unknown word once."""

from collections import Counter
from collections.abc import Collection, Mapping

import msgspec

from hub.mapping import Asked
from hub.model import Origin
from hub.parts import Hub
from hub.store import WordRow, WriteTx

REVIEWED = frozenset({"obat", "kfa", "lab", "satuan", "vaksin", "poli"})
"""Kinds whose words are kept; the others may be addresses or names."""
LONGEST = 200
Words = dict[int, list[Asked]]
"""Source row to the words its mapping looked up."""


class Word(msgspec.Struct, array_like=True):
    """The sealed body of a word: normalised text, and the code it has ("" = none)."""

    text: str
    code: str
    display: str


def note_words(hub: Hub, tx: WriteTx, origin: Origin, words: Mapping[int, list[Asked]], rows: Collection[int]) -> None:
    """Count the words of these rows; rows that said nothing new were counted when they came first."""
    uses: Counter[tuple[str, str]] = Counter()
    coded: dict[tuple[str, str], Asked] = {}
    for row in rows:
        for asked in words.get(row, ()):
            if asked.kind in REVIEWED and asked.text and len(asked.text) <= LONGEST:
                uses[asked.kind, asked.text] += 1
                coded[asked.kind, asked.text] = asked
    tx.add_words(
        WordRow(
            origin.facility_number,
            token := word_token(hub, origin.facility_number, *name),
            name[0],
            count,
            coded[name].coding is not None,
            origin.received_ms,
            _sealed(hub, token, coded[name]),
        )
        for name, count in uses.items()
    )


def word_token(hub: Hub, facility: int, kind: str, text: str) -> bytes:
    """The blind name of a word at a facility."""
    return hub.blinder.source(facility, "_word", f"{kind}|{text}")


def open_word(hub: Hub, row: WordRow) -> Word:
    """What a counted word says."""
    return msgspec.msgpack.decode(hub.boxes.word.open(row.body, row.token), type=Word)


def _sealed(hub: Hub, token: bytes, asked: Asked) -> bytes:
    found = asked.coding
    word = Word(asked.text, found.code if found else "", found.display if found else "")
    return hub.boxes.word.seal(msgspec.msgpack.encode(word), token)
