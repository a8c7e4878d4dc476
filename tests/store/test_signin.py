"""Proofs of sign-in end in time, and what is for one use works once."""

from concurrent.futures import ThreadPoolExecutor

from hub.store import Store
from tests.store.rows_made import source


def test_access_tokens(store: Store) -> None:
    with store.writing() as tx:
        tx.add_access_token(source(1), b"body", 100)
        tx.add_access_token(source(2), b"other", 100)
        assert tx.access_tokens([source(1), source(3)], 99) == {source(1): b"body"}
        assert tx.access_tokens([source(1)], 100) == {}
        assert tx.access_tokens([source(2), source(1)], 0) == {source(1): b"body", source(2): b"other"}
        assert tx.revoke_access_token(source(1))
        assert not tx.revoke_access_token(source(1))
        assert tx.access_tokens([source(1), source(2)], 0) == {source(2): b"other"}


def test_an_assertion_is_taken_once(store: Store) -> None:
    def use(_: int) -> bool:
        with store.writing() as tx:
            return tx.use_jti("client", "number", 100)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]
    with store.writing() as tx:
        assert tx.use_jti("another", "number", 100)


def test_a_login_link_works_once(store: Store) -> None:
    with store.writing() as tx:
        tx.add_login_link(source(1), b"who", 100)

    def use(now_ms: int) -> bytes | None:
        with store.writing() as tx:
            return tx.use_login_link(source(1), now_ms)

    assert use(100) is None
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, [50] * 4), key=bool) == [None, None, None, b"who"]
    assert use(50) is None


def test_sessions(store: Store) -> None:
    with store.writing() as tx:
        tx.add_session(source(1), b"who", 100)
        assert tx.session(source(1), 99) == b"who"
        assert tx.session(source(1), 100) is None
        assert tx.end_session(source(1), 50)
        assert not tx.end_session(source(1), 51)
        assert tx.session(source(1), 60) is None


def test_expire_forgets_what_is_over(store: Store) -> None:
    with store.writing() as tx:
        for number, until in enumerate((100, 200)):
            tx.add_access_token(source(number), b"", until)
            tx.add_login_link(source(number), b"", until)
            tx.add_session(source(number), b"", until)
            tx.use_jti("client", str(number), until)
            tx.add_presence(source(number), 1, until)
        assert tx.expire(99) == 0
        assert tx.expire(100) == 5
        assert tx.expire(200) == 5
