"""Access tokens, client assertions, login links and sessions: looked up by the hash of a secret nobody stores."""

from collections.abc import Collection

from hub.store.bulk import bulk_insert
from hub.store.driver import singles
from hub.store.tables import signin
from hub.store.tx import Tx

_EXPIRING = ("access_token", "assertion_jti", "login_link", "session", "presence")


class SigninReads(Tx):
    """Checking what a caller presents."""

    def access_tokens(self, hashes: Collection[bytes], now_ms: int) -> dict[bytes, bytes]:
        """The bodies of those tokens that have not expired; the others are left out."""
        match, params = self.db.match(("hash",), singles(hashes), "bytea")
        sql = f"SELECT hash, body FROM access_token WHERE {match} AND expires_ms > ?"
        return dict(self.db.rows(sql, [*params, now_ms]))

    def session(self, session_hash: bytes, now_ms: int) -> bytes | None:
        """The body of a session that has neither expired nor been ended."""
        sql = "SELECT body FROM session WHERE hash = ? AND expires_ms > ? AND ended_ms IS NULL"
        found = self.db.rows(sql, (session_hash, now_ms))
        return found[0][0] if found else None


class SigninWrites(SigninReads):
    """Issuing and ending."""

    def add_access_token(self, token_hash: bytes, body: bytes, expires_ms: int) -> None:
        """Registers a token."""
        bulk_insert(self.db, signin.access_token, [(token_hash, body, expires_ms)])

    def revoke_access_token(self, token_hash: bytes) -> bool:
        """Forgets a token; False when it was not known."""
        return self.db.run("DELETE FROM access_token WHERE hash = ?", (token_hash,)) == 1

    def use_jti(self, client: str, jti: str, expires_ms: int) -> bool:
        """Notes the number of a client's assertion. False when it was used before: a replay."""
        sql = "INSERT INTO assertion_jti (client, jti, expires_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        return self.db.run(sql, (client, jti, expires_ms)) == 1

    def add_login_link(self, link_hash: bytes, body: bytes, expires_ms: int) -> None:
        """Registers a one-time link."""
        bulk_insert(self.db, signin.login_link, [(link_hash, body, expires_ms, None)])

    def use_login_link(self, link_hash: bytes, now_ms: int) -> bytes | None:
        """Uses a link up and returns its body; None when unknown, expired or used (also at this very moment)."""
        sql = "UPDATE login_link SET used_ms = ? WHERE hash = ? AND used_ms IS NULL AND expires_ms > ? RETURNING body"
        found = self.db.rows(sql, (now_ms, link_hash, now_ms))
        return found[0][0] if found else None

    def add_session(self, session_hash: bytes, body: bytes, expires_ms: int) -> None:
        """Registers a session."""
        bulk_insert(self.db, signin.session, [(session_hash, body, expires_ms, None)])

    def end_session(self, session_hash: bytes, now_ms: int) -> bool:
        """Ends a session; False when it was not open."""
        sql = "UPDATE session SET ended_ms = ? WHERE hash = ? AND ended_ms IS NULL"
        return self.db.run(sql, (now_ms, session_hash)) == 1

    def expire(self, now_ms: int) -> int:
        """Deletes expired tokens, assertion numbers, links, sessions and presence codes; returns how many."""
        return sum(self.db.run(f"DELETE FROM {table} WHERE expires_ms <= ?", (now_ms,)) for table in _EXPIRING)
