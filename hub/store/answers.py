"""Answers already given, by which a repeated request is known."""

from collections.abc import Collection

from hub.store.bulk import insert_or
from hub.store.driver import chunks
from hub.store.tables import answers
from hub.store.tx import Tx


class AnswerReads(Tx):
    """Looking for the answer of a repeated request."""

    def answers(self, tokens: Collection[bytes], now_ms: int) -> dict[bytes, bytes]:
        """The sealed answers kept under these tokens; what was not asked before, or expired, is left out."""
        found: dict[bytes, bytes] = {}
        for part in chunks([(token,) for token in sorted(set(tokens))]):
            match, params = self.db.match(("token",), part, "bytea")
            found |= dict(
                self.db.rows(f"SELECT token, body FROM answer WHERE {match} AND expires_ms > ?", [*params, now_ms])
            )
        return found


class AnswerWrites(AnswerReads):
    """Keeping answers."""

    def add_answer(self, token: bytes, body: bytes, now_ms: int, expires_ms: int) -> bool:
        """Keeps an answer; False when one is kept already (then nothing changes), also when it is being written at this
        very moment: PostgreSQL waits for the other's commit."""
        self.db.run("DELETE FROM answer WHERE token = ? AND expires_ms <= ?", (token, now_ms))
        return insert_or(self.db, answers.answer, [(token, body, expires_ms)]) == 1

    def expire_answers(self, now_ms: int) -> int:
        """Deletes what is no longer kept; returns how many there were."""
        return self.db.run("DELETE FROM answer WHERE expires_ms <= ?", (now_ms,))
