"""Section texts of a document as XHTML, written anew from the summary: nothing a sender wrote passes as markup
(https://www.hl7.org/fhir/R4/narrative.html#xhtml)."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from hub.record.lines import Line, Measure, Summary
from hub.record.words import section, word

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def narratives(record: Summary) -> dict[str, str]:
    """For each section key its div, and under `{key}.title` its heading, in the summary's language."""
    lang = record.lang
    heading, empty = section("heading", lang), section("empty", lang)
    procedures = [
        [name, visit.day_text, group.facility]
        for group in record.visits
        for visit in group.visits
        for name in visit.procedures
    ]
    visits = [
        [visit.day_text, group.facility, visit.kind, ", ".join(visit.diagnoses)]
        for group in record.visits
        for visit in group.visits
    ]
    rows: dict[str, list[list[str]]] = {
        "allergies": _lines(record.allergies),
        "medicines": _lines(record.medicines),
        "diagnoses": _lines(record.diagnoses),
        "immunizations": _lines(record.immunizations),
        "results": _measures(record.results),
        "vitals": _measures(record.vitals),
        "procedures": procedures,
        "visits": visits,
        "other": [],
    }
    other = word("heading", "other", lang)
    texts = {f"{key}.title": heading.get(key, other) for key in rows}
    texts |= {key: _div(found, empty.get(key, heading.get(key, other))) for key, found in rows.items()}
    return texts


def paragraph(text: str) -> str:
    """A text of one paragraph."""
    return _div([], text)


def _lines(lines: Iterable[Line]) -> list[list[str]]:
    return [[x.title, x.detail, x.status, x.last_text, ", ".join(x.facilities)] for x in lines]


def _measures(measures: Iterable[Measure]) -> list[list[str]]:
    return [[m.title, m.value, m.note, m.last_text, m.facility] for m in measures]


def _div(rows: Sequence[Sequence[str]], empty: str) -> str:
    if not rows:
        inner = f"<p>{_text(empty)}</p>"
    else:
        body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        inner = f"<table><tbody>{body}</tbody></table>"
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'


def _text(text: str) -> str:
    return escape(_NOT_XML.sub(" ", text), quote=False)
