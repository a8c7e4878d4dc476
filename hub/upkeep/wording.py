"""The review of words without a code: coverage by volume, suggestions, and a person's decision, made once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from hub.consent.codes import judge
from hub.consent.words import sensitivities
from hub.errors import Category, HubError
from hub.mapping import Likely, suggest
from hub.mapping.codes import Coding, normalised
from hub.mapping.context import local_words, pairs
from hub.mapping.kfa import KIND as KFA_KIND
from hub.mapping.kfa import kfa_key
from hub.model import Facility, Issue, Principal
from hub.parts import Hub
from hub.pipeline.wording import open_word, word_token
from hub.store import WordRow
from hub.upkeep.settings import adapter_of, change_setting, known_facility

NO_CODE = "-"
"""A decision that a word stays text for good."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One kind of words: how often words were sent and how often they had a code; `words` and `unknown` count each
    word once."""

    kind: str
    uses: int
    coded: int
    words: int
    unknown: int

    @property
    def share(self) -> float:
        """Coded uses of all uses, 0 to 1."""
        return self.coded / self.uses if self.uses else 1.0


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word without a code and what it may be; a sensitive one may only be what is as sensitive."""

    kind: str
    text: str
    uses: int
    likely: tuple[Likely, ...]
    is_sensitive: bool = False


def coverage(hub: Hub, facility: str | None = None) -> list[Coverage]:
    """By kind, of one facility or of the city."""
    rows = sorted(_rows(hub, facility), key=lambda row: row.kind)
    return [_coverage(kind, list(some)) for kind, some in groupby(rows, key=lambda row: row.kind)]


def unknown_words(hub: Hub, facility: str) -> list[Unknown]:
    """A facility's words that have no code and are not settled, the most used first, each with suggestions."""
    known = known_facility(hub, facility)
    adapter = adapter_of(hub, known)
    settled = local_words(known)
    found = []
    for row in _rows(hub, facility):
        word = open_word(hub, row)
        if row.is_coded or (row.kind, word.text) in settled:
            continue
        labels = sensitivities(word.text)
        alike = suggest(adapter.codes, row.kind, word.text)
        likely = tuple(one for one in alike if labels <= _labels(one.text, one.coding))
        found.append(Unknown(row.kind, word.text, row.uses, likely, bool(labels)))
    return found


def settle_word(hub: Hub, who: Principal, facility: str, kind: str, text: str, meaning: str) -> Facility:
    """A person says what a facility's word means: a word the adapter knows, or NO_CODE to leave it as text.

    It holds for whatever is sent from now on; a file sent again gets the code too. HUB-2601 for an unknown meaning,
    HUB-2602 for a word the facility never sent, HUB-2603 for a meaning that hides what a sensitive word says.
    """
    known = known_facility(hub, facility)
    adapter = adapter_of(hub, known)
    plain = normalised(text)
    wanted = meaning if meaning == NO_CODE else (kfa_key(meaning) if kind == KFA_KIND else normalised(meaning))
    if wanted != NO_CODE and (kind, wanted) not in adapter.codes.entries:
        raise HubError(Category.INCORRECT, Issue("HUB-2601", args={"kind": kind[:20]}))
    token = word_token(hub, known.number, kind, plain)
    if not any(row.token == token for row in _rows(hub, facility)):
        raise HubError(Category.NOT_FOUND, Issue("HUB-2602", args={"kind": kind[:20]}))
    if wanted != NO_CODE and not sensitivities(plain) <= _labels(wanted, adapter.codes.entries[kind, wanted]):
        raise HubError(Category.INCORRECT, Issue("HUB-2603"))
    words = pairs(known.settings.get("codes", "")) | {f"{kind}/{plain}": wanted}
    return _keep(hub, who, known, words, kind, plain, is_coded=wanted != NO_CODE)


def unsettle_word(hub: Hub, who: Principal, facility: str, kind: str, text: str) -> Facility:
    """Take back what was settled for a word: it waits for a meaning again. HUB-2602 when nothing was settled."""
    known = known_facility(hub, facility)
    plain = normalised(text)
    words = pairs(known.settings.get("codes", ""))
    left = {name: meaning for name, meaning in words.items() if _named(name) != (kind, plain)}
    if len(left) == len(words):
        raise HubError(Category.NOT_FOUND, Issue("HUB-2602", args={"kind": kind[:20]}))
    is_coded = adapter_of(hub, known).codes.find(kind, plain) is not None
    return _keep(hub, who, known, left, kind, plain, is_coded=is_coded)


def settled_words(hub: Hub, facility: str) -> list[tuple[str, str, str]]:
    """What people have settled: (kind, word, meaning or NO_CODE), in order of words."""
    words = local_words(known_facility(hub, facility)).items()  # a meaning without letters was NO_CODE
    return sorted((kind, text, meaning or NO_CODE) for (kind, text), meaning in words)


def _labels(known: str, coding: Coding) -> frozenset[str]:
    """What a known word and its code give away."""
    return sensitivities(known) | judge(coding.system, coding.code, coding.display)[0]


def _named(name: str) -> tuple[str, str]:
    kind, _, text = name.partition("/")
    return kind.strip(), normalised(text)


def _keep(
    hub: Hub, who: Principal, known: Facility, words: Mapping[str, str], kind: str, plain: str, *, is_coded: bool
) -> Facility:
    value = "; ".join(f"{left}={right}" for left, right in words.items())
    changed = change_setting(hub, who, known.id, "codes", value, "facility.codes", {"kind": kind})
    with hub.store.writing() as tx:
        tx.set_word_coded(known.number, word_token(hub, known.number, kind, plain), is_coded=is_coded)
    return changed


def _rows(hub: Hub, facility: str | None) -> list[WordRow]:
    number = known_facility(hub, facility).number if facility is not None else None
    with hub.store.reading() as tx:
        return tx.words(number)


def _coverage(kind: str, rows: Iterable[WordRow]) -> Coverage:
    rows = list(rows)
    coded = [row for row in rows if row.is_coded]
    return Coverage(
        kind,
        sum(row.uses for row in rows),
        sum(row.uses for row in coded),
        len(rows),
        len(rows) - len(coded),
    )
