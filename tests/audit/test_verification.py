"""L-03 and L-04: every way to tamper with the log, and what the verification says about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.audit import Checkpoint, Fault, Leaf, leaf_hash, root_of, verify
from hub.audit.verification import differences

SIZE = 30
CONTENTS = [f"entry {n}".encode() for n in range(SIZE)]
HASHES = [leaf_hash(content) for content in CONTENTS]


def log(contents: list[bytes]) -> list[Leaf]:
    """A log whose numbers and hashes fit its contents: what a careful attacker leaves behind."""
    return [Leaf(seq, leaf_hash(content), content) for seq, content in enumerate(contents)]


def signed(*sizes: int, contents: list[bytes] = CONTENTS) -> list[Checkpoint]:
    return [Checkpoint("log", size, root_of([leaf_hash(c) for c in contents[:size]])) for size in sizes]


CHECKPOINTS = signed(10, 20, 30)


def test_an_untouched_log_is_sound() -> None:
    verdict = verify(log(CONTENTS), CHECKPOINTS, CHECKPOINTS, HASHES)
    assert verdict.is_sound
    assert (verdict.size, verdict.covered, verdict.root) == (SIZE, 30, root_of(HASHES))


def test_an_empty_log() -> None:
    assert verify([]).is_sound
    assert verify([], signed(0)).is_sound
    assert verify([], signed(5)).faults == (Fault("truncated", 0, 4),)


def test_what_came_after_the_last_checkpoint_is_not_covered() -> None:
    verdict = verify(log(CONTENTS), signed(10, 20))
    assert verdict.is_sound
    assert verdict.covered == 20


@pytest.mark.parametrize("at", [0, 7, 10, 29])
def test_edited(at: int) -> None:
    rows = log(CONTENTS)
    rows[at] = rows[at]._replace(content=b"altered")
    assert verify(rows, CHECKPOINTS).faults == (Fault("edited", at, at),)
    rows[at] = Leaf(at, leaf_hash(b"altered"), b"altered")
    first = at // 10 * 10
    assert verify(rows, CHECKPOINTS).faults == (Fault("rewritten", first, first + 9),)
    assert verify(rows, CHECKPOINTS, mirror=HASHES).faults == (Fault("edited", at, at),)


@pytest.mark.parametrize("at", [0, 7, 10, 28])
def test_deleted(at: int) -> None:
    rows = log(CONTENTS)
    del rows[at]
    verdict = verify(rows, CHECKPOINTS)
    assert verdict.faults == (Fault("deleted", at, at),)
    assert verdict.root is None


def test_deleted_and_renumbered() -> None:
    rows = log(CONTENTS[:13] + CONTENTS[14:])
    assert verify(rows, CHECKPOINTS).faults == (Fault("rewritten", 10, 19), Fault("truncated", 29, 29))
    assert verify(rows, CHECKPOINTS, mirror=HASHES).faults == (Fault("deleted", 13, 13), Fault("truncated", 29, 29))


def test_several_deleted() -> None:
    rows = [row for row in log(CONTENTS) if row.seq not in (4, 5, 6, 12)]
    assert verify(rows, CHECKPOINTS).faults == (Fault("deleted", 4, 6), Fault("deleted", 12, 12))


def test_reordered_bodies() -> None:
    rows = log(CONTENTS)
    rows[3], rows[8] = rows[3]._replace(content=CONTENTS[8]), rows[8]._replace(content=CONTENTS[3])
    assert verify(rows, CHECKPOINTS).faults == (Fault("reordered", 3, 3), Fault("reordered", 8, 8))


def test_reordered_rows_with_fitting_hashes() -> None:
    contents = [*CONTENTS]
    contents[13], contents[17] = contents[17], contents[13]
    assert verify(log(contents), CHECKPOINTS).faults == (Fault("rewritten", 10, 19),)
    exact = verify(log(contents), CHECKPOINTS, mirror=HASHES)
    assert exact.faults == (Fault("reordered", 13, 13), Fault("reordered", 17, 17))


def test_rows_given_in_another_order() -> None:
    rows = log(CONTENTS)
    rows[4], rows[5] = rows[5], rows[4]
    assert verify(rows, CHECKPOINTS).faults == (Fault("reordered", 4, 4),)


def test_inserted() -> None:
    rows = log(CONTENTS)
    rows.insert(6, Leaf(5, leaf_hash(b"forged"), b"forged"))
    assert verify(rows, CHECKPOINTS).faults == (Fault("inserted", 5, 5),)


def test_inserted_and_renumbered() -> None:
    rows = log([*CONTENTS[:6], b"forged", *CONTENTS[6:]])
    assert verify(rows, CHECKPOINTS).faults == (Fault("rewritten", 0, 9),)
    assert verify(rows, CHECKPOINTS, mirror=HASHES).faults == (Fault("inserted", 6, 6),)


@pytest.mark.parametrize("kept", [0, 9, 20, 29])
def test_truncated(kept: int) -> None:
    fault = Fault("truncated", kept, 29)
    assert verify(log(CONTENTS[:kept]), CHECKPOINTS).faults == (fault,)
    assert verify(log(CONTENTS[:kept]), mirror=HASHES).faults == (fault,)


def test_truncated_with_its_checkpoints_only_the_witness_knows() -> None:
    """L-04: the attacker puts the whole database back to an older state."""
    assert verify(log(CONTENTS[:20]), signed(10, 20)).is_sound
    assert verify(log(CONTENTS[:20]), signed(10, 20), signed(30)).faults == (Fault("truncated", 20, 29),)


def test_two_histories() -> None:
    """L-04: rewritten and signed again by whoever holds the log's key; the witness kept the first history."""
    forged = [*CONTENTS[:12], b"forged", *CONTENTS[13:]]
    again = signed(10, 20, 30, contents=forged)
    assert verify(log(forged), again).is_sound
    assert verify(log(forged), again, signed(10)).is_sound
    assert verify(log(forged), again, signed(10, 20)).faults == (Fault("forked", 10, 19),)
    assert verify(log(CONTENTS), again, CHECKPOINTS).faults[0].kind == "forked"
    assert verify(log(forged), [], signed(10, 20)).faults == (Fault("rewritten", 10, 19),)


def test_a_gap_and_a_change_are_both_named() -> None:
    rows = log(CONTENTS)
    rows[25] = rows[25]._replace(content=b"altered")
    del rows[3]
    assert verify(rows, CHECKPOINTS).faults == (Fault("deleted", 3, 3), Fault("edited", 25, 25))


@given(st.integers(0, SIZE - 1), st.binary(min_size=1, max_size=9))
def test_no_single_change_goes_unnoticed(at: int, content: bytes) -> None:
    for contents in (
        [*CONTENTS[:at], content, *CONTENTS[at + 1 :]],
        [*CONTENTS[:at], content, *CONTENTS[at:]],
        [*CONTENTS[:at], *CONTENTS[at + 1 :]],
    ):
        assert not verify(log(contents), CHECKPOINTS).is_sound


@given(st.permutations(range(8)))
def test_no_permutation_goes_unnoticed(order: list[int]) -> None:
    verdict = verify(log([CONTENTS[n] for n in order]), signed(8))
    assert verdict.is_sound == (order == sorted(order))
    assert {fault.first for fault in differences([HASHES[n] for n in order], HASHES[:8])} == {
        at for at, n in enumerate(order) if at != n
    }


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_fault_has_words(lang: str) -> None:
    kinds = ("deleted", "edited", "inserted", "reordered", "truncated", "rewritten", "forked")
    texts = [Fault(kind, 4, 6).text(lang) for kind in kinds]
    assert len(set(texts)) == len(kinds)
    assert all("4–6" in text or "7" in text for text in texts)
    assert "4–4" not in Fault("edited", 4, 4).text(lang)
