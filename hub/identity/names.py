"""Names as written in the city, taken apart: titles off, patronymic aside, old spelling made new, newborns known."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from hub.identity.rarity import is_listed
from hub.identity.spelling import is_near, modern, sound

LONGEST = 200
WORDS = 12
"""Characters and words of a name that are read, well above those of the longest names: each word is compared with each
of the other's."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name's parts: `tokens` in order, lower case, modern spelling; `sounds` their sound keys, sorted.

    `call` is the sound of the first word that isn't a front word, `lead` of the first that isn't frequent, `sounded`
    the whole name in one key, so that words written together are found. `patronymic` is what follows bin/binti.
    `is_baby` marks "By. Ny. X": then the tokens are the mother's, not its own. `order` is a birth order written into
    a newborn's name ("By. Ny. X II"); None when there is none.
    """

    tokens: tuple[str, ...]
    sounds: tuple[str, ...]
    sounded: str = ""
    lead: str = ""
    call: str = ""
    patronymic: tuple[str, ...] = ()
    is_baby: bool = False
    order: int | None = None


FRONT = frozenset({"muhammad", "ahmad", "abdul", "siti", "nur"})
"""Words that stand in front of the name people are called by, and are left out as easily."""

COMMON = frozenset(
    {"muhammad", "ahmad", "abdul", "siti", "nur", "sri", "dewi", "putri", "putra", "dwi", "tri", "eka", "haji"}
)
"""Tokens so frequent that nobody is looked up by one alone."""

NOBODY = frozenset(
    {
        "tanpa nama",
        "belum ada nama",
        "tidak dikenal",
        "tak dikenal",
        "tidak diketahui",
        "anonim",
        "anonymous",
        "unknown",
    }
    | {"no name", "noname", "nn", "x", "mr x", "mrs x", "tn x", "ny x", "pasien", "pasien baru", "pasien lama", "bayi"}
    | {"test", "tes", "coba", "dummy", "contoh", "xxx", "name", "nama"}
)
"""What is written where there is no name: it would make strangers of one birth date one person."""


@lru_cache(maxsize=8192)
def read_name(text: str) -> Name:
    """The parts of a written name; never fails, a name without letters has no tokens."""
    words, rest = _words(text)
    if " ".join(words) in NOBODY:
        return Name((), ())
    is_baby, words = _take_baby(words)
    words = _take_titles(words)
    order = None
    if is_baby and words and words[-1] in _ORDERS and len(words) > 1:
        order = _ORDERS[words.pop()]
    own, patronymic = _split_patronymic(words)
    tokens = tuple(token for word in own for token in _tokens(word))
    if not is_baby and "by" in rest:
        is_baby = True
    return Name(
        tokens=tokens,
        sounds=tuple(sorted(key for token in tokens if (key := sound(token)))),
        sounded=_together([sound(token) for token in tokens]),
        call=sound(next((token for token in tokens if token not in FRONT), (tokens or ("",))[-1])),
        lead=sound(next((token for token in tokens if not _is_front(token)), (tokens or ("",))[-1])),
        patronymic=tuple(token for word in patronymic for token in _tokens(word)),
        is_baby=is_baby,
        order=order,
    )


@lru_cache(maxsize=16384)
def _is_front(token: str) -> bool:
    """Whether a word, or what a slip of the fingers made of one, stands in front of the name one is called by."""
    if token in COMMON:
        return True
    is_slip = len(token) > 3 and not is_listed(sound(token))
    return is_slip and any(is_near(token, front) for front in FRONT if len(front) > 3)


def _together(keys: list[str]) -> str:
    """Keys written as one word, where two equal consonants that meet become one."""
    joined = ""
    for key in keys:
        joined += key[1:] if joined[-1:] == key[:1] and key[:1] not in "aeiou" else key
    return joined


_BABY = {"by", "bayi", "baby"}
_MOTHER = {"ny", "nyonya", "ibu"}
_ORDERS = {"i": 1, "ii": 2, "iii": 3, "1": 1, "2": 2, "3": 3, "a": 1, "b": 2, "pertama": 1, "kedua": 2, "ketiga": 3}
_TITLES = frozenset(
    {"h", "hj", "hjh", "haji", "hajjah", "kh", "dr", "drg", "drh", "drs", "dra", "ir", "prof", "apt", "ns", "bd"}
    | {"tn", "ny", "nn", "an", "sdr", "sdri", "bpk", "bapak", "ibu", "ust", "ustadz", "ustaz", "ustadzah", "nyonya"}
    | {"tuan", "nona", "alm", "almh", "almarhum", "almarhumah"}
)
_TRAILING = re.compile(
    r"(?:\b(?:s\.?\s?(?:kep|km|st|pd|e|h|kom|sos|si|t|ked|farm|gz|ag|ap|ip|psi)|sp\.?\s?[a-z]{1,4}"
    r"|a\.?\s?md(?:\.?\s?[a-z]{2,4})?|m\.?\s?(?:kes|pd|si|m|t|h|kep|ked|epid|biomed)|amd|ners|ns|alm|almh)\.?\s*)+$"
)
_PATRONYMIC = {"bin", "binti", "bint", "binte", "bt", "bte", "ibnu"}
_MUHAMMAD = frozenset(
    {"m", "md", "mhd", "moch", "moh", "mohd", "muh", "muhd", "mochamad", "mochammad", "mohamad", "mohammad", "mohamed"}
    | {"muchamad", "muchammad", "muhamad", "muhammad", "muhammed", "muhamat", "muhammat", "mahmed"}
)
_SHORT = {
    "abd": "abdul",
    "abdoel": "abdul",
    "st": "siti",
    "sitti": "siti",
    "nr": "nur",
    "noor": "nur",
    "noer": "nur",
    "nor": "nur",
}
_AHMAD = {"ahmad", "akhmad", "achmad", "ahmat", "akhmat", "achmat", "ahmed"}


def _words(text: str) -> tuple[list[str], set[str]]:
    """Words before the first comma, and the set of those after it (degrees, or "NY" and "AN" as hospitals write)."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[’'`\"]", "", plain)
    plain = re.sub(r"\((?:alm|almh)\.?\)", " ", plain)
    head, _, tail = plain.partition(",")
    head = _TRAILING.sub("", head.strip()) or head
    return re.findall(r"[a-z]+|\d+", head)[:WORDS], set(re.findall(r"[a-z]+", tail))


def _take_baby(words: list[str]) -> tuple[bool, list[str]]:
    if len(words) < 2 or words[0] not in _BABY:
        return False, words
    rest = words[1:]
    while len(rest) > 1 and rest[0] in _MOTHER:
        rest = rest[1:]
    return True, rest


def _take_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in {"alm", "almh", "almarhum", "almarhumah"}:
        words = words[:-1]
    return words


def _split_patronymic(words: list[str]) -> tuple[list[str], list[str]]:
    for place, word in enumerate(words):
        if place and word in _PATRONYMIC:
            return words[:place], _take_titles(words[place + 1 :])
    return words, []


def _tokens(word: str) -> list[str]:
    if word in _MUHAMMAD:
        return ["muhammad"]
    if word in _AHMAD:
        return ["ahmad"]
    word = _SHORT.get(word, modern(word))
    if (assimilated := re.fullmatch(r"abd[ui](?:([rsn])(?=\1)|l)([a-z]{4,})", word)) and word != "abdullah":
        return ["abdul", assimilated[2]]
    if word.startswith("siti") and is_listed(sound(word[4:])):
        return ["siti", word[4:]]
    return [word]
