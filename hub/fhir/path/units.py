"""Units of measure, as far as comparing and converting quantities needs them: a part of UCUM, and calendar words.

https://ucum.org/ucum. A unit this module does not know stands for itself: it compares with nothing else. Months and
years of the calendar have no fixed length, so they compare with each other but not with UCUM's `mo` and `a`.
"""

import re
from fractions import Fraction
from functools import lru_cache

Dimensions = tuple[tuple[str, int], ...]
Unit = tuple[Fraction, Dimensions]
"""How many of its base units one is, and the base units with their exponents, sorted."""

WORDS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")

_POWERS = {"G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_PREFIXES = {name: Fraction(10) ** power for name, power in _POWERS.items()}
_METRIC = {
    **{name: (Fraction(1), name) for name in ("m", "s", "g", "rad", "K", "C", "cd", "mol", "bit", "Cel", "[iU]")},
    "L": (Fraction(1, 1000), "m3"),
    "l": (Fraction(1, 1000), "m3"),
    "t": (Fraction(1_000_000), "g"),
    "eq": (Fraction(1), "mol"),
    "osm": (Fraction(1), "mol"),
    "Hz": (Fraction(1), "/s"),
    "Bq": (Fraction(1), "/s"),
    "N": (Fraction(1000), "g.m/s2"),
    "Pa": (Fraction(1000), "g/m/s2"),
    "J": (Fraction(1000), "g.m2/s2"),
    "W": (Fraction(1000), "g.m2/s3"),
    "cal": (Fraction(4184), "g.m2/s2"),
    "Gy": (Fraction(1), "m2/s2"),
    "Sv": (Fraction(1), "m2/s2"),
    "bar": (Fraction(100_000_000), "g/m/s2"),
    "m[Hg]": (Fraction(133_322_000), "g/m/s2"),
    "m[H2O]": (Fraction(9_806_650), "g/m/s2"),
    "kat": (Fraction(1), "mol/s"),
    "U": (Fraction(1, 60_000_000), "mol/s"),
    "By": (Fraction(8), "bit"),
}
_OTHER = {
    "%": (Fraction(1, 100), ""),
    "[ppth]": (Fraction(1, 1000), ""),
    "[ppm]": (Fraction(1, 1_000_000), ""),
    "min": (Fraction(60), "s"),
    "h": (Fraction(3600), "s"),
    "d": (Fraction(86_400), "s"),
    "wk": (Fraction(604_800), "s"),
    "mo": (Fraction(2_629_800), "s"),
    "a": (Fraction(31_557_600), "s"),
    "[in_i]": (Fraction(254, 10_000), "m"),
    "[ft_i]": (Fraction(3048, 10_000), "m"),
    "[yd_i]": (Fraction(9144, 10_000), "m"),
    "[mi_i]": (Fraction(1_609_344, 1000), "m"),
    "[lb_av]": (Fraction(45_359_237, 100_000), "g"),
    "[oz_av]": (Fraction(45_359_237, 1_600_000), "g"),
    "[gr]": (Fraction(6_479_891, 100_000_000), "g"),
    "[foz_us]": (Fraction(29_573_529_5625, 10**15), "m3"),
    "[drp]": (Fraction(1, 20_000_000), "m3"),
    "second": (Fraction(1), "s"),
    "millisecond": (Fraction(1, 1000), "s"),
    "minute": (Fraction(60), "s"),
    "hour": (Fraction(3600), "s"),
    "day": (Fraction(86_400), "s"),
    "week": (Fraction(604_800), "s"),
    "year": (Fraction(12), "month"),
    "month": (Fraction(1), "month"),
}
_PART = re.compile(
    r"(?P<sign>[./()])|(?P<note>\{[^{}]*\})|10[*^](?P<ten>[+-]?[0-9]{1,2})|(?P<number>[1-9][0-9]{0,8})(?![0-9*^])"
    r"|(?P<atom>(?:[A-Za-z_%']|\[[^\[\]]*\])+)(?P<power>[+-]?[0-9]{1,2})?"
)
_ONE: Unit = (Fraction(1), ())


@lru_cache(maxsize=1024)
def unit(text: str) -> Unit:
    """What a unit stands for; an unknown one is its own base unit."""
    if text in WORDS:
        return _base(text)
    parts, at = [], 0
    while at < len(text) <= 100:
        found = _PART.match(text, at)
        if found is None:
            return Fraction(1), ((text, 1),)
        at = found.end()
        parts.append(found)
    return (_term(parts, 0)[0] if at == len(text) else None) or (Fraction(1), ((text, 1),))


def factor(source: str, target: str) -> Fraction | None:
    """What a number in `source` is multiplied by to be in `target`; None when the units measure different things."""
    if source == target:
        return Fraction(1)
    (mine, kind), (theirs, other) = unit(source), unit(target)
    return mine / theirs if kind == other else None


def _term(parts: list[re.Match[str]], at: int) -> tuple[Unit | None, int]:
    """The product that starts at `at`, and where it ends; None when it is none."""
    total, is_below, is_first = _ONE, False, True
    while at < len(parts) and parts[at]["sign"] != ")":
        if parts[at]["sign"] in (".", "/"):
            is_below = parts[at]["sign"] == "/"
            at += 1
        elif not is_first:
            return None, at
        if at == len(parts):
            return None, at
        if parts[at]["sign"] == "(":
            inner, at = _term(parts, at + 1)
            if at == len(parts):
                return None, at
        else:
            inner = _factor(parts[at])
        if inner is None:
            return None, at
        at += 1
        if at < len(parts) and parts[at]["note"]:
            at += 1
        total = _times(total, inner, -1 if is_below else 1)
        is_first = False
    return (None if is_first else total), at


def _factor(part: re.Match[str]) -> Unit | None:
    if part["note"]:
        return _ONE
    if part["ten"]:
        return Fraction(10) ** int(part["ten"]), ()
    if part["number"]:
        return Fraction(int(part["number"])), ()
    if not part["atom"]:
        return None
    found = _atom(part["atom"])
    return _times(_ONE, found, int(part["power"] or 1)) if found else None


def _atom(name: str) -> Unit | None:
    if name in _METRIC or (name in _OTHER and name not in WORDS):
        return _base(name)
    for size in (2, 1):
        if name[:size] in _PREFIXES and name[size:] in _METRIC:
            whole, dimensions = _base(name[size:])
            return whole * _PREFIXES[name[:size]], dimensions
    return (Fraction(1), ((name, 1),)) if name.startswith("[") else None


@lru_cache(maxsize=128)
def _base(name: str) -> Unit:
    whole, text = _METRIC.get(name) or _OTHER[name]
    found: dict[str, int] = {}
    for sign, base, power in re.findall(r"([./]?)([A-Za-z\[\]]+)([0-9]?)", text):
        found[base] = found.get(base, 0) + int(power or 1) * (-1 if sign == "/" else 1)
    return whole, tuple(sorted(found.items()))


def _times(left: Unit, right: Unit, power: int) -> Unit:
    dimensions = dict(left[1])
    for base, exponent in right[1]:
        dimensions[base] = dimensions.get(base, 0) + exponent * power
    return left[0] * right[0] ** power, tuple(sorted((base, n) for base, n in dimensions.items() if n))
