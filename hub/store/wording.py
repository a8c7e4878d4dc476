"""The words of facilities: a keyed token each, counted; the word itself is sealed, for a name may be typed there."""

from collections.abc import Iterable
from typing import NamedTuple

from hub.store.bulk import insert_or
from hub.store.tables import wording
from hub.store.tx import Tx

_COLUMNS = "facility, token, kind, uses, is_coded, seen_ms, body"
_MORE = (
    "(facility, token) DO UPDATE SET uses = code_word.uses + excluded.uses, is_coded = excluded.is_coded,"
    " seen_ms = excluded.seen_ms, body = excluded.body"
)


class WordRow(NamedTuple):
    """A word of a facility; `uses` is how often it was sent with something new."""

    facility: int
    token: bytes
    kind: str
    uses: int
    is_coded: bool
    seen_ms: int
    body: bytes


class WordReads(Tx):
    """Reading the words."""

    def words(self, facility: int | None = None) -> list[WordRow]:
        """The words of a facility (or of all), the most used first."""
        where, params = ("WHERE facility = ?", (facility,)) if facility is not None else ("", ())
        sql = f"SELECT {_COLUMNS} FROM code_word {where} ORDER BY uses DESC, facility, token"
        return [WordRow(*row)._replace(is_coded=bool(row[4])) for row in self.db.rows(sql, params)]


class WordWrites(WordReads):
    """Counting."""

    def add_words(self, rows: Iterable[WordRow]) -> None:
        """Adds the uses to those counted already; each (facility, token) at most once in `rows`."""
        insert_or(self.db, wording.code_word, sorted(rows, key=lambda row: row[:2]), _MORE)

    def set_word_coded(self, facility: int, token: bytes, *, is_coded: bool) -> None:
        """A person confirmed what a word means: it counts as coded from now on."""
        sql = "UPDATE code_word SET is_coded = ? WHERE facility = ? AND token = ?"
        self.db.run(sql, (is_coded, facility, token))
