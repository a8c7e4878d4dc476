"""Pure, symmetric comparisons of two values; each answers with a class that weights.csv has a row for."""

from hub.identity.demographics import PLACEHOLDER_DAYS, Demographics
from hub.identity.names import FRONT, Name
from hub.identity.nik import is_slip, nik_class
from hub.identity.rarity import bits, is_listed
from hub.identity.spelling import is_near, sound

_NAMES_BEST_FIRST = """
    same alike shortened initial initial-lead typo contained near newborn lead partial newborn-other different unknown
"""
_BEST = {value: place for place, value in enumerate(_NAMES_BEST_FIRST.split())}
Found = tuple[str, float]
"""A class and the bits of the words that agree."""
Leads = tuple[tuple[str, str], ...]
"""The leading words of two names: by rarity, by place."""


def names(a: tuple[Name, ...], b: tuple[Name, ...]) -> Found:
    """The best class over all pairs of names, in the order of `_BEST`."""
    if len(a) == len(b) == 1:
        return name(a[0], b[0])
    found = [name(one, other) for one in a for other in b] or [("unknown", 0.0)]
    return min(found, key=lambda each: (_BEST[each[0]], -each[1]))


def name(a: Name, b: Name) -> Found:
    """The class of two names, and the bits of the words that agree.

    same | alike (said alike) | shortened (only a front word more) | initial, initial-lead | typo (a slip of the fingers
    or the ear) | near (the leading word a letter off, as twins have it) | contained (one telling word more) | lead (the
    leading word the same, another behind it) | partial (another telling word the same) | different | newborn,
    newborn-other (both are "By. Ny. X": the mother's name) | unknown (a newborn's against a name of one's own).
    """
    if not a.tokens or not b.tokens or a.is_baby != b.is_baby:
        return "unknown", 0.0
    if a.is_baby:
        found = _words(a, b)
        return ("newborn-other", 0.0) if found[0] in _APART else ("newborn", found[1])
    if not a.patronymic and not b.patronymic:
        return _words(a, b)
    if a.patronymic and b.patronymic:
        found = _words(a, b)
        fathers = _keys(a.patronymic), _keys(b.patronymic)
        is_same_father = _sounds(*fathers, ((fathers[0][0], fathers[1][0]),))[0] not in _APART
        return found if is_same_father or found[0] == "different" else ("partial", found[1])
    full = _sounds(_keys(a.tokens + a.patronymic), _keys(b.tokens + b.patronymic), _leads(a, b))
    return min(full, _words(a, b), key=lambda each: _BEST[each[0]])


_APART = frozenset({"different", "partial", "lead"})


def _leads(a: Name, b: Name) -> Leads:
    return (a.lead, b.lead), (a.call, b.call)


def _keys(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(map(sound, words)))


def _words(a: Name, b: Name) -> Found:
    if a.tokens == b.tokens:
        return "same", sum(map(bits, a.sounds))
    if a.sounds == b.sounds or a.sounded == b.sounded:
        kind = "same" if sorted(a.tokens) == sorted(b.tokens) else "alike"
        return kind, min(sum(map(bits, a.sounds)), sum(map(bits, b.sounds)))
    return _sounds(a.sounds, b.sounds, _leads(a, b))


def _sounds(a: tuple[str, ...], b: tuple[str, ...], leads: Leads) -> Found:
    """Sorted sound keys and their leading words."""
    if a == b:
        return "alike", sum(map(bits, a))
    if b < a:
        a, b = b, a
    left, right = list(a), list(b)
    matched: list[str] = []
    for key in a:
        if key in right:
            left.remove(key)
            right.remove(key)
            matched.append(key)
    found, worst = sum(map(bits, matched)), "same"
    for key in list(left):
        other = next((other for other in right if is_near(key, other) or _is_initial(key, other)), None)
        if other is None:
            continue
        left.remove(key)
        right.remove(other)
        worst = max(worst, _kind(key, other, leads), key=_BEST.__getitem__)
        matched.append(max(key, other, key=len))
        found += min(bits(key), bits(other))
    is_telling = any(key not in FRONT_SOUNDS and len(key) > 1 for key in matched)
    if not left or not right:
        is_rest = any(key not in FRONT_SOUNDS for key in left + right)
        if not is_rest and (is_telling or worst in ("initial", "initial-lead") or not (left or right)):
            return ("shortened" if worst == "same" else worst), found
        if worst in ("near", "initial-lead"):
            return "partial", found
        return ("contained" if is_telling or not is_rest else "different"), found
    if not is_telling:
        return "different", found
    is_other_front = all(key in FRONT_SOUNDS for key in left + right)
    return ("lead" if all(x == y for x, y in leads) and not is_other_front else "partial"), found


def _kind(a: str, b: str, leads: Leads) -> str:
    """Of two words that are nearly one: initial | near (both may be names, and they lead: twins) | typo."""
    if _is_initial(a, b):
        return "initial-lead" if leads[-1] in ((a, b), (b, a)) else "initial"
    is_lead = a in FRONT_SOUNDS or b in FRONT_SOUNDS or any(pair in ((a, b), (b, a)) for pair in leads)
    return "near" if is_lead and _are_both_names(a, b) else "typo"


def _is_initial(a: str, b: str) -> bool:
    return 1 in (len(a), len(b)) and a[:1] == b[:1] and a[:1].isalpha()


def _are_both_names(a: str, b: str) -> bool:
    """Two names that differ in a letter, as twins have them; not one name and a slip.

    A slip leaves a word that nobody bears, with two letters in the wrong order, a consonant missing or added inside
    it, or a letter for another that sounds like it; any other letter for another (Anisa, Anita), a vowel more (Fatmah,
    Fatimah) or an ending (Arif, Arifin) makes names.
    """
    if is_listed(a) == is_listed(b) or min(len(a), len(b)) < 4:
        return True
    if len(a) == len(b):
        apart = [x + y for x, y in zip(a, b, strict=True) if x != y]
        return len(apart) == 1 and not any(set(apart[0]) <= group for group in _CONFUSED)
    short, long = sorted((a, b), key=len)
    at = next((at for at in range(len(short)) if short[at] != long[at]), len(short))
    return long[at] in "aiueo" or (at == len(short) and is_listed(short))


_CONFUSED = tuple(map(frozenset, ("sz", "sj", "zj", "jy", "fpv", "kq", "dt", "ie", "uo")))
"""Letters that the ear takes for each other."""
FRONT_SOUNDS = frozenset(map(sound, FRONT))


def births(a: Demographics, b: Demographics) -> str:
    """The best class over the birth dates that each side gives: as written; and as its NIK has it, where the other side
    has no NIK (two NIKs compared and their dates compared again would be one piece of evidence counted twice)."""
    ones = a.births if b.nik is None else a.births[:1]
    others = b.births if a.nik is None else b.births[:1]
    if len(ones) == len(others) == 1:
        return birth(ones[0], others[0])
    found = [birth(one, other) for one in ones for other in others] or ["unknown"]
    return min(found, key=_BEST_BIRTH.index)


_BEST_BIRTH = ("same", "swapped", "placeholder", "slip", "compatible", "generation", "different", "unknown")
GENERATION = 15


def birth(a: str, b: str) -> str:
    """same | placeholder (same, on a day written when only the year is known) | swapped (day and month) | slip
    | compatible (one says less) | generation (day and month alike, far apart: parent and child) | different."""
    if a == b and len(a) == 10:
        return "placeholder" if a[5:] in PLACEHOLDER_DAYS else "same"
    if len(a) < 10 or len(b) < 10:
        return "compatible" if a.startswith(b) or b.startswith(a) else "different"
    is_placeholder = a[5:] in PLACEHOLDER_DAYS or b[5:] in PLACEHOLDER_DAYS
    if a[:4] == b[:4]:
        if (a[5:7], a[8:]) == (b[8:], b[5:7]):
            return "swapped"
        if is_placeholder:
            return "compatible"
        one_month_beside = a[8:] == b[8:] and abs(int(a[5:7]) - int(b[5:7])) in (1, 11)
        return "slip" if one_month_beside or is_slip(a[5:], b[5:]) or _is_day_slip(a, b) else "different"
    if is_placeholder or a[5:] != b[5:]:
        return "different"
    gap = abs(int(a[:4]) - int(b[:4]))
    is_turned = a[:2] == b[:2] and (a[2], a[3]) == (b[3], b[2])
    if gap in (1, 10) or is_turned or (gap < GENERATION and is_slip(a[:4], b[:4])):
        return "slip" if gap < GENERATION else "generation"
    return "generation" if gap >= GENERATION else "different"


def _is_day_slip(a: str, b: str) -> bool:
    return a[5:7] == b[5:7] and (a[8] == b[8] or a[9] == b[9])


def equal(a: str | None, b: str | None) -> str:
    """same | different | unknown."""
    return "unknown" if a is None or b is None else "same" if a == b else "different"


def niks(a: Demographics, b: Demographics) -> str:
    """The class of the two numbers; but a slip in the date is none when each number fits its own birth date."""
    found = nik_class(a.nik, b.nik)
    if found == "slip" and a.birth != b.birth and len(a.births) == len(b.births) == 1:
        return "different"
    return found


def numbers(a: str | None, b: str | None) -> str:
    """same | slip (one digit or two neighbours) | different | unknown."""
    if a is None or b is None:
        return "unknown"
    return "same" if a == b else "slip" if is_slip(a, b) else "different"


def sets(a: frozenset[str], b: frozenset[str]) -> str:
    """same (one shared) | different | unknown."""
    return "unknown" if not a or not b else "different" if a.isdisjoint(b) else "same"


def families(a: Demographics, b: Demographics) -> str:
    """The No. KK, or a relative's NIK that stands in one's own place: same | different | unknown."""
    return "same" if is_number_set_aside(a, b) else sets(a.family, b.family)


def is_number_set_aside(a: Demographics, b: Demographics) -> bool:
    """Whether the NIK of one stands on the other's card, where it can't be its own."""
    return a.nik in b.family or b.nik in a.family


def addresses(a: Demographics, b: Demographics) -> str:
    """house (half of the words shared, two numbers among them) | same (one number) | street (none) | kelurahan |
    different | unknown.

    Two kelurahan stand against a same address; two numbers against a same street.
    """
    area = equal(a.kelurahan, b.kelurahan)
    if area != "different" and a.address and b.address:
        shared = a.address & b.address
        numbers = sum(word[-1].isdecimal() for word in shared)
        if numbers and len(shared) > 1 and 2 * len(shared) >= len(a.address | b.address):
            return "house" if numbers > 1 else "same"
        words = [word for word in a.address | b.address if not word[-1].isdecimal()]
        if words and 2 * sum(word in shared for word in words) >= len(words):
            return "street"
    if area == "same":
        return "kelurahan"
    return "unknown" if area == "unknown" and not (a.address and b.address) else "different"


def orders(a: int | None, b: int | None) -> str:
    """Birth order: same | different | single (one side states a single birth) | numbered (one side has a number)."""
    if a is not None and b is not None and a != b:
        return "different"
    if a is None and b is None:
        return "unknown"
    if a == 0 or b == 0:
        return "single"
    return "same" if a == b else "numbered"


def mothers(a: Demographics, b: Demographics) -> Found:
    """The mothers' names: same | different | unknown; "By. Ny. X" names the mother too."""
    if not a.mothers or not b.mothers or (a.is_baby and b.is_baby):
        return "unknown", 0.0
    found, agreed = names(a.mothers, b.mothers)
    if found in _APART:
        return "different", 0.0
    return ("unknown" if found == "unknown" else "same"), agreed


def records(a: Demographics, b: Demographics) -> str:
    """A facility's own numbers: same | apart (one facility keeps two records) | unknown (no facility has both)."""
    if not a.mrns.isdisjoint(b.mrns):
        return "same"
    is_shared = bool({system for system, _ in a.mrns} & {system for system, _ in b.mrns})
    return "apart" if is_shared or (a.home and a.home == b.home) else "unknown"
