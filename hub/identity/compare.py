"""Pure, symmetric comparisons of two values; each answers with a class that score.py has a weight for."""

from itertools import product

from hub.identity.demographics import PLACEHOLDER_DAYS, Demographics
from hub.identity.names import COMMON, Name
from hub.identity.nik import is_slip
from hub.identity.spelling import is_near, sound

_BEST = ("same", "alike", "shortened", "near", "contained", "partial", "different", "unknown")


def names(a: Demographics, b: Demographics) -> str:
    """The best class over all pairs of names, in the order of `_BEST`."""
    classes = {name(one, other) for one, other in product(a.names, b.names)} or {"unknown"}
    return min(classes, key=_BEST.index)


def name(a: Name, b: Name) -> str:
    """same | alike (said alike) | shortened (only a frequent token more) | near (a letter off) | contained | partial
    (one telling token shared) | different | unknown (a newborn's "By. Ny. X" against a name of one's own)."""
    if not a.tokens or not b.tokens or a.is_baby != b.is_baby:
        return "unknown"
    if a.patronymic and b.patronymic:
        found = _tokens(a.tokens, b.tokens)
        is_same_father = _tokens(a.patronymic, b.patronymic) in ("same", "alike", "shortened", "near", "contained")
        return found if is_same_father or found == "different" else "partial"
    full = _tokens(a.tokens + a.patronymic, b.tokens + b.patronymic)
    return min(full, _tokens(a.tokens, b.tokens), key=_BEST.index)


def _tokens(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if sorted(a) == sorted(b):
        return "same"
    sounds_a, sounds_b = sorted(map(sound, a)), sorted(map(sound, b))
    if sounds_a == sounds_b or sound("".join(a)) == sound("".join(b)):
        return "alike"
    sounds_a, sounds_b = min(sounds_a, sounds_b), max(sounds_a, sounds_b)
    left, right, is_exact = _pair(sounds_a, sounds_b)
    matched = [key for key in sounds_a if key not in left]
    telling = [key for key in _rest(matched) if len(key) > 1]
    if not left and not right:
        return "near" if telling else "partial"
    if not left or not right:
        if telling and is_exact and not _rest(left + right):
            return "shortened"
        return "contained" if telling or (matched and not _rest(left + right)) else "different"
    return "partial" if telling else "different"


def _pair(a: list[str], b: list[str]) -> tuple[list[str], list[str], bool]:
    """What stays unpaired (equal keys first, then near ones and initials), and whether all pairs were equal."""
    left, right = list(a), list(b)
    for key in a:
        if key in right:
            left.remove(key)
            right.remove(key)
    is_exact = True
    for key in list(left):
        options = sorted(other for other in right if is_near(key, other) or _is_initial(key, other))
        if options:
            left.remove(key)
            right.remove(options[0])
            is_exact = False
    return left, right, is_exact


def _is_initial(a: str, b: str) -> bool:
    return 1 in (len(a), len(b)) and a[:1] == b[:1]


def _rest(keys: list[str]) -> list[str]:
    return [key for key in keys if key not in _COMMON_SOUNDS]


_COMMON_SOUNDS = frozenset(map(sound, COMMON))


def births(a: str | None, b: str | None) -> str:
    """same | placeholder (same, on a day written when only the year is known) | swapped (day and month) | near (a slip)
    | compatible (one says less) | different | unknown."""
    if not a or not b:
        return "unknown"
    if a == b and len(a) == 10:
        return "placeholder" if a[5:] in PLACEHOLDER_DAYS else "same"
    if len(a) < 10 or len(b) < 10:
        return "compatible" if a.startswith(b) or b.startswith(a) else "different"
    if (a[:4], a[5:7], a[8:]) == (b[:4], b[8:], b[5:7]):
        return "swapped"
    if is_slip(a.replace("-", ""), b.replace("-", "")):
        return "near"
    if a[:4] == b[:4] and (a[5:] in PLACEHOLDER_DAYS or b[5:] in PLACEHOLDER_DAYS):
        return "compatible"
    return "different"


def equal(a: str | None, b: str | None) -> str:
    """same | different | unknown."""
    return "unknown" if a is None or b is None else "same" if a == b else "different"


def numbers(a: str | None, b: str | None) -> str:
    """same | slip (one digit or two neighbours) | different | unknown."""
    return "slip" if a and b and is_slip(a, b) else equal(a, b)


def phones(a: frozenset[str], b: frozenset[str]) -> str:
    """same (one shared) | different | unknown."""
    return "unknown" if not a or not b else "same" if a & b else "different"


def addresses(a: Demographics, b: Demographics) -> str:
    """same (half of the words shared, kelurahan not against it) | kelurahan | different | unknown."""
    area = equal(a.kelurahan, b.kelurahan)
    shared, least = len(a.address & b.address), min(len(a.address), len(b.address))
    if least >= 2 and 2 * shared >= len(a.address | b.address) and area != "different":
        return "same"
    if area == "same":
        return "kelurahan"
    return "unknown" if area == "unknown" and not least else "different"


def orders(a: int | None, b: int | None) -> str:
    """Birth order: same | different | unknown. 0 (single) against a number is a contradiction."""
    return "unknown" if a is None or b is None else "same" if a == b else "different"
