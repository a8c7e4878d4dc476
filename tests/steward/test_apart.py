"""The law of joining: whatever arrives, records told apart never become one person by the hub's own hand."""

from hypothesis import given
from hypothesis import strategies as st

from hub.identity import Match
from hub.pipeline.apart import decided_by_people, pair_of, speaks_against, unsafe
from hub.store import Link

PAIRS = st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] < pair[1])


def row(pair: tuple[int, int], judgement: str = "positive", number: int = 1, by: str = "hub") -> Link:
    return Link(*pair, number, judgement, 1.0, b"", by, 1)


def persons(links: list[Link]) -> list[set[int]]:
    """The groups that positive links join, by brute force."""
    groups: list[set[int]] = []
    for link in links:
        if link.judgement == "positive":
            met = [group for group in groups if group & set(link[:2])]
            groups = [group for group in groups if group not in met] + [set(link[:2]).union(*met)]
    return groups


def is_torn(links: list[Link], apart: set[tuple[int, int]]) -> set[tuple[int, int]]:
    return {pair for pair in apart if any(set(pair) <= group for group in persons(links))}


@given(st.sets(PAIRS, max_size=8), st.sets(PAIRS, max_size=6), st.sets(PAIRS, max_size=4), st.sets(PAIRS, max_size=3))
def test_no_new_link_joins_what_was_told_apart(joined, new, apart, doubted):
    network = [row(pair) for pair in joined] + [row(pair, "negative", 2) for pair in apart - joined]
    links = [row(pair, number=3) for pair in new - joined - apart]
    withheld = unsafe(network, links, doubted)
    kept = [link for link in links if pair_of(link) not in withheld]
    told = (apart - joined) | doubted
    assert is_torn(network + kept, told) == is_torn(network, told)
    assert not withheld or is_torn(network + links, told)


@given(st.sets(PAIRS, max_size=8), st.sets(PAIRS, max_size=6))
def test_nothing_is_withheld_where_nobody_was_told_apart(joined, new):
    assert unsafe([row(pair) for pair in joined], [row(pair) for pair in new], set()) == set()


def test_what_a_person_touched_is_a_persons():
    links = [
        row((1, 2)),
        row((3, 4), by="steward:x"),
        row((5, 6))._replace(ended_ms=2, ended_by="steward:x"),
        row((7, 8))._replace(ended_ms=2, ended_by="hub"),
    ]
    assert decided_by_people(links) == {(3, 4), (5, 6)}


def test_only_a_contradiction_speaks_against_a_link():
    def match(judgement: str, *features: tuple[str, str, float], rule: str = "evidence") -> Match:
        return Match(judgement, 0.1, features, rule)  # type: ignore[arg-type]

    assert speaks_against(match("unsure", ("nik", "different", -6.5)))
    assert speaks_against(match("negative", ("birth", "generation", -4.0)))
    assert speaks_against(match("negative", rule="mother-and-child"))
    assert not speaks_against(match("positive", ("sex", "different", -1.0)))
    assert not speaks_against(match("negative", ("phone", "different", -9.0), ("nik", "unknown", 0.0)))
    assert not speaks_against(match("unsure", ("birth", "same", -0.1)))
