"""An indicator in words: what its definition says and what its rule does."""

from hub.monitor.indicators.indicator import Condition, Indicator, Selection, Window

_ID = {
    "Source": "Sumber",
    "Unit": "Satuan",
    "Denominator": "Penyebut",
    "Numerator": "Pembilang",
    "Left out": "Dikecualikan",
    "Target": "Target",
    "Missing": "Yang belum ada",
    "Counts": "Menghitung",
    "and": "dan",
    "or": "atau",
    "without": "tanpa",
    "counted when": "terhitung bila",
    "left out when": "dikecualikan bila",
    "at most": "paling tinggi",
    "at least": "paling rendah",
    "of": "dari",
    "person": "orang",
    "visit": "kunjungan",
    "record": "catatan",
    "each": "semua",
    "month": "sekali sebulan",
    "year": "sekali setahun",
    "once in {} days": "sekali dalam {} hari",
    "judged {} days later": "dinilai {} hari kemudian",
    "on {} days": "pada paling sedikit {} hari",
    "newest value": "nilai terbaru",
    "same code": "kode sama",
    "same facility": "fasilitas sama",
    "at the same visit": "pada kunjungan yang sama",
    "in the same month": "pada bulan yang sama",
    "in the year so far": "pada tahun itu sampai bulan itu",
    "on the same day": "pada hari yang sama",
    "of the record itself": "catatan itu sendiri",
    "{}-{} days before": "{}-{} hari sebelumnya",
    "{}-{} days after": "{}-{} hari sesudahnya",
    "age": "umur",
    "no code of": "bukan kode",
    "facilities": "fasilitas",
    "reported by the facility itself": "dilaporkan oleh fasilitas sendiri",
    "population": "penduduk",
    "target": "sasaran",
    "needs": "memerlukan",
}
_EN = {"month": "once a month", "year": "once a year"}


def told(indicator: Indicator, lang: str) -> list[str]:
    """Lines of plain text, in `lang` ("id" or "en")."""
    say = _Words(lang)
    lines = [
        f"{indicator.id}: {indicator.title[lang]}",
        f"{say('Source')}: {indicator.source[lang]}",
        f"{say('Denominator')}: {indicator.denominator[lang]}",
        f"{say('Numerator')}: {indicator.numerator[lang]}",
    ]
    if indicator.exclusions:
        lines.append(f"{say('Left out')}: {indicator.exclusions[lang]}")
    if indicator.target is not None:
        bound = say("at least" if indicator.direction == "up" else "at most")
        lines.append(f"{say('Target')}: {bound} {indicator.target:g} {say('of')} {indicator.per}")
    if indicator.needs:
        lines.append(f"{say('Denominator')}: {say('needs')} {say(indicator.needs)}")
    if indicator.missing:
        lines.append(f"{say('Missing')}: {indicator.missing[lang]}")
    if indicator.self_reported:
        lines.append(say("reported by the facility itself"))
    return lines + _rule(indicator, say)


class _Words:
    """English words, or the Indonesian ones for them."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def __call__(self, word: str, *numbers: int) -> str:
        found = _EN.get(word, word) if self._lang == "en" else _ID.get(word, word)
        return found.format(*numbers) if numbers else found


def _rule(indicator: Indicator, say: _Words) -> list[str]:
    rule = indicator.rule
    if rule is None:
        return []
    every = say("once in {} days", rule.days) if rule.every == "days" else say(rule.every)
    later = f", {say('judged {} days later', rule.settled)}" if rule.settled else ""
    lines = [f"{say('Counts')}: {say(rule.unit)}, {every}{later}"]
    lines.append("  " + f" {say('or')} ".join(_selection(each, say) for each in rule.base))
    parts = (
        ("and", rule.having),
        ("without", rule.lacking),
        ("counted when", rule.counted),
        ("without", rule.not_counted),
        ("left out when", rule.excluded),
    )
    for word, conditions in parts:
        for place, one in enumerate(conditions):
            is_other = place > 0 and one.one_of and one.one_of == conditions[place - 1].one_of
            lines.append(f"  {say('or' if is_other else word)} {_condition(one, say)}")
    return lines


def _selection(selection: Selection, say: _Words) -> str:
    parts = ["/".join(selection.kinds)]
    if selection.codes:
        parts.append(_codes(selection.codes))
    if selection.not_codes:
        parts.append(f"{say('no code of')} {_codes(selection.not_codes)}")
    if selection.ages is not None:
        low, high = selection.ages
        parts.append(f"{say('age')} {low}" + ("+" if high is None else f"-{high}"))
    parts += [", ".join(selection.bands)] if selection.bands else []
    parts += [each for each in (selection.sex, selection.case, selection.ownership) if each]
    parts += [f"{operator} {number:g}" for operator, number in selection.values]
    if selection.facilities:
        parts.append(f"{say('facilities')} {', '.join(selection.facilities)}")
    return " ".join(parts)


def _codes(ranges: tuple[tuple[str, str], ...]) -> str:
    plain = [(first, last.rstrip("~")) for first, last in ranges]
    return "[" + ", ".join(first if first == last else f"{first}-{last}" for first, last in plain) + "]"


def _condition(condition: Condition, say: _Words) -> str:
    parts = [_selection(condition.facts, say), _window(condition.window, say)]
    if condition.at_least > 1:
        parts.append(say("on {} days", condition.at_least))
    if condition.newest:
        parts.append(f"{say('newest value')} {' '.join(f'{op} {n:g}' for op, n in condition.wanted)}")
    parts += [say("same code")] if condition.same_code else []
    parts += [say("same facility")] if condition.same_facility else []
    return ", ".join(parts)


def _window(window: Window, say: _Words) -> str:
    named = {
        "visit": "at the same visit",
        "month": "in the same month",
        "year": "in the year so far",
        "itself": "of the record itself",
    }
    if window.name in named:
        return say(named[window.name])
    if window.first == window.last == 0:
        return say("on the same day")
    if window.last > 0:
        return say("{}-{} days after", window.first, window.last)
    return say("{}-{} days before", -window.last, -window.first)
