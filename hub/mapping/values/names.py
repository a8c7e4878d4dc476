"""Personal names as Indonesian registers hold them: one or more words, titles before and after, no family name."""

import re
from dataclasses import dataclass

_BEFORE = {
    "h", "hj", "hjh", "haji", "hajjah", "dr", "drg", "drh", "drs", "dra", "ir", "prof", "ns", "bdn", "bd", "apt",
    "ny", "nyonya", "tn", "tuan", "nn", "nona", "sdr", "sdri", "bpk", "ibu", "an", "by", "bayi",
    "alm", "almh", "almarhum", "almarhumah",
    "kh", "ust", "ustadz", "gt", "st", "r", "rr",
}  # fmt: skip
_AFTER = {"h", "hj", "alm", "almh", "tn", "ny", "nn", "an", "sdr", "sdri"}
_NOT_TITLES = {"gt", "st", "r", "rr"}  # noble names (Gusti, Siti, Raden) belong to the name
_ONLY_WITH_DOT = {"an", "by", "ir", "ibu", "bd", "st"}  # "An Nisa", "By", "Ir" may be names
_DEGREE = re.compile(
    r"sp\.? ?[a-z.]{1,8}(\(k\))?"
    r"|s\.? ?(ked|kep|farm|kg|si|km|keb|st|tr\.?keb|tr\.?kep|h|e|pd|kom|gz|psi|sos|t)"
    r"|a\.? ?m(d|a)\.? ?(kep|keb|farm|ak|gz|rad|kg|pk)?"
    r"|m\.? ?(kes|kep|ked|si|m|sc|biomed|farm|h|pd|ph|km)"
    r"|(s\.? ?tr|str)\.? ?(keb|kep|ak|gz)"
    r"|ns|apt|skm|ph\.?d|mph|mars|finasim|fics|fisqua",
    re.I,
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as sent and its parts. `is_newborn`: "By. Ny. X", where X is the mother."""

    text: str
    words: tuple[str, ...]
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    is_newborn: bool = False

    @property
    def key(self) -> str:
        """Lower-case words without titles and signs, for a stable key of somebody who has no number."""
        return " ".join(re.sub(r"[^a-z0-9]+", "", word.casefold()) for word in self.words).strip()


def person_name(text: str) -> PersonName | None:
    """The parts of a name; None when nothing but signs was written. The text is kept as sent (outer spaces apart)."""
    text = text.strip()
    head, *tail = [part.strip() for part in text.split(",")]
    words = _spread(head)
    prefix: list[str] = []
    while len(words) > 1 and (_is_title(words[0]) or _names_mother(words)):
        prefix.append(words.pop(0))
    suffix = [part for part in tail if part and _is_suffix(part)]
    words += [word for part in tail if part and not _is_suffix(part) for word in part.split()]
    if not any(letter.isalnum() for word in words for letter in word):
        return None
    is_newborn = bool(prefix) and _bare(prefix[0]) in {"by", "bayi"}
    return PersonName(text, tuple(words), tuple(prefix), tuple(suffix), is_newborn)


def _spread(head: str) -> list[str]:
    """Words; a title written without a space ("dr.Siti", "H.M. Noor") is set apart."""
    words: list[str] = []
    for word in head.split():
        first, dot, rest = word.partition(".")
        while dot and rest and first.casefold() in _BEFORE - _NOT_TITLES:
            words.append(first + ".")
            first, dot, rest = rest.partition(".")
        words.append(first + dot + rest)
    return [word for word in words if word]


def _is_title(word: str) -> bool:
    bare = _bare(word)
    if bare not in _BEFORE or bare in _NOT_TITLES:
        return False
    return word.endswith(".") or bare not in _ONLY_WITH_DOT


def _names_mother(words: list[str]) -> bool:
    """ "By Ny X" without the dots: By is a name only when no mother follows it."""
    return _bare(words[0]) == "by" and _bare(words[1]) in {"ny", "nyonya"}


def _bare(word: str) -> str:
    return word.strip(".,()").casefold()


def _is_suffix(part: str) -> bool:
    bare = part.strip(" .()").casefold()
    return (
        bare in {"h", "hj", "alm", "almh", "tn", "ny", "nn", "an", "sdr", "sdri"} or _DEGREE.fullmatch(bare) is not None
    )
