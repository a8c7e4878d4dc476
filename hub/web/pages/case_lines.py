"""The lines of a chart without a person, in words: the hub's own names for the codes, never the sender's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.fhir.systems import ATC, KFA
from hub.mapping.codes import CodeMap
from hub.monitor.pack import Entry, Pack, Value
from hub.record import words
from hub.web.call import Lang
from hub.web.language import translator


@dataclass(frozen=True, slots=True)
class Line:
    """`day`: days from the case's own; `kind` in words; `what`: name and code; `value`, `status` in words or empty."""

    day: int
    kind: str
    what: str
    value: str
    status: str


def medicines(codes: Iterable[CodeMap]) -> dict[str, str]:
    """What the adapters call the medicines they know, by ATC or KFA code."""
    entries = (coding for each in codes for coding in each.entries.values())
    return {coding.code: coding.display for coding in entries if coding.system in (ATC, KFA)}


def lines(pack: Pack, lang: Lang, medicines: Mapping[str, str]) -> list[Line]:
    """A pack's entries in words, in its order."""
    t = translator(lang)
    return [
        Line(
            entry.day,
            t(f"case.kind_{entry.kind}"),
            _what(entry.system, entry.code, lang, medicines) or t("case.no_code"),
            "; ".join(filter(None, [*(_value(each, lang) for each in entry.values), _times(entry, lang)])),
            t(f"case.status_{entry.status}", default=entry.status) if entry.status else "",
        )
        for entry in pack.entries
    ]


def _what(system: str, code: str, lang: Lang, medicines: Mapping[str, str]) -> str:
    if not code:
        return ""
    t = translator(lang)
    name = {
        "icd-10": lambda: words.diagnosis(code, lang),
        "icd-9-cm": lambda: words.procedure(code, lang),
        "atc": lambda: medicines.get(code, ""),
        "kfa": lambda: medicines.get(code, ""),
        "loinc": lambda: words.observation(code, "", lang),
        "class": lambda: words.word("class", code, lang),
        "allergy": lambda: t(f"case.allergy_{code}"),
    }.get(system, lambda: "")()
    if system in ("class", "allergy"):
        return name or code
    return f"{name} ({system.upper()} {code})" if name else f"{system.upper()} {code}"


def _value(value: Value, lang: Lang) -> str:
    t = translator(lang)
    name = words.observation(value.code, "", lang) if value.code else ""
    said = t("case.hidden_value") if value.is_hidden else ""
    if value.number is not None:
        said = f"{value.sign}{words.number(value.number, lang)} {words.unit(value.unit, '', lang)}".strip()
    flag = words.word("interpretation", value.flag, lang, value.flag)
    shown = f"{said} ({flag})" if said and flag else said or flag
    return f"{name or value.code}: {shown}" if value.code and shown else shown


def _times(entry: Entry, lang: Lang) -> str:
    if entry.times is None:
        return ""
    t, (often, period, unit) = translator(lang), entry.times
    return t("case.times", often=often, period=period, unit=t(f"case.unit_{unit}"))
