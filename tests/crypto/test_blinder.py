"""Blind values: stable, domain-separated, of the promised sizes, nothing shared between authors or patients."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from hub.crypto import Blinder, Keyring


def test_stable_across_processes_and_other_for_another_tenant(new_keyring: Callable[..., Keyring]) -> None:
    a, b = Blinder(new_keyring()), Blinder(new_keyring())
    assert a.mpi("nik", "6371014405900001") == b.mpi("nik", "6371014405900001")
    assert a.token(1, "code", "x") == b.token(1, "code", "x")
    assert a.pseudonym(5) == b.pseudonym(5)


def test_sizes(session_keyring: Keyring) -> None:
    blinder = Blinder(session_keyring)
    assert {
        len(value) for value in (blinder.source(1, "Patient", "s|v"), blinder.mpi("nik", "1"), blinder.digest(b""))
    } == {16}
    numbers = [blinder.token(1, "code", str(n)) for n in range(200)] + [blinder.pseudonym(n) for n in range(200)]
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert any(number < 0 for number in numbers)
    assert len(set(numbers)) == 400


def test_fields_do_not_run_into_each_other(session_keyring: Keyring) -> None:
    blinder = Blinder(session_keyring)
    tokens = [blinder.token(1, "code", "ab"), blinder.token(1, "codea", "b"), blinder.token(2, "code", "ab")]
    tokens += [blinder.token(1, "status", "ab"), blinder.tag(bytes(32), 1, "ab"), blinder.pseudonym(1)]
    assert len(set(tokens)) == len(tokens)
    values = [blinder.source(1, "Patient", "x"), blinder.source(1, "Patien", "tx"), blinder.source(2, "Patient", "x")]
    values += [blinder.mpi("Patient", "x"), blinder.digest(b"x"), blinder.digest(b"x", 1), blinder.digest(b"x", 2)]
    assert len(set(values)) == len(values)


def test_tags_cannot_be_compared_between_patients(session_keyring: Keyring) -> None:
    """K-12: the same author and labels in two compartments."""
    blinder = Blinder(session_keyring)
    one, two = session_keyring.create([101, 102]).values()
    assert blinder.tag(one, 3, "R|HIV") != blinder.tag(two, 3, "R|HIV")
    assert blinder.tag(one, 3, "R|HIV") == Blinder(session_keyring).tag(one, 3, "R|HIV")
    assert blinder.tag(one, 3, "R|HIV") != blinder.tag(one, 3, "R|PSY")


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 2**31))
def test_different_values_differ(session_keyring: Keyring, a: str, b: str, author: int) -> None:
    blinder = Blinder(session_keyring)
    assert (blinder.token(author, "name", a) == blinder.token(author, "name", b)) == (a == b)


def test_threads_get_the_same_values(session_keyring: Keyring) -> None:
    blinder = Blinder(session_keyring)
    expected = [blinder.mpi("nik", str(n)) for n in range(500)]
    with ThreadPoolExecutor(8) as pool:
        for seen in pool.map(lambda _: [blinder.mpi("nik", str(n)) for n in range(500)], range(16)):
            assert seen == expected
