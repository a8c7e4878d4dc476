"""What a facility's own headers mean: asked on the page of a checked file, taken back on a page of its own."""

from textwrap import shorten
from typing import NamedTuple

from starlette.responses import Response

from hub.errors import Category, HubError
from hub.mapping import Column
from hub.mapping.readers import Suggestion
from hub.mapping.readers.header import IGNORED
from hub.model import Issue
from hub.parts import Hub
from hub.pipeline import check_draft, draft_headers
from hub.pipeline.receipts import Receipt
from hub.upkeep.columns import columns_of, confirm_columns, confirmed_columns, forget_column
from hub.web.call import Call, Lang
from hub.web.language import translator
from hub.web.render import go, page

MOST_QUESTIONS = 40
"""Headers asked about at once: a form has at most 50 fields."""
_APART = "="
"""Between header and column in an option's value; no header that can be kept holds it."""


class Question(NamedTuple):
    """A header nobody knows: what it may mean, and what its values look like. `ignoring`: the choice never to take it,
    `is_ignored` when that is preselected."""

    header: str
    examples: tuple[str, ...]
    reason: tuple[str, ...]
    options: tuple["Option", ...]
    ignoring: str
    is_ignored: bool


class Option(NamedTuple):
    """One column a header may mean; `value` goes into the form."""

    value: str
    title: str
    is_chosen: bool


def questions(hub: Hub, call: Call, receipt: Receipt) -> list[Question]:
    """The headers of a draft that nobody knows, the likeliest guess first; only a sure one is preselected, and leaving
    out what resembles no column, once no required column is missing."""
    found, filled = draft_headers(hub, call.caller, receipt.id)
    if not found:
        return []
    missing = {issue.column for issue in receipt.issues if issue.code in ("HUB-2006", "HUB-2007")}
    columns = tuple(column for column in columns_of(hub, receipt.facility) if column.name not in filled)
    order = sorted(found, key=lambda each: -each.score)[:MOST_QUESTIONS]
    return [_question(each, columns, missing, call.lang) for each in order]


def _question(found: Suggestion, columns: tuple[Column, ...], missing: set[str | None], lang: Lang) -> Question:
    """The guess first, then what the file lacks, then the rest in the adapter's order."""

    def rank(column: Column) -> tuple[bool, bool]:
        return column.name != found.column, column.name not in missing

    options = tuple(
        Option(
            f"{found.header}{_APART}{column.name}",
            _title(column, lang),
            found.is_sure and column.name == found.column,
        )
        for column in sorted(columns, key=rank)
    )
    is_ignored = not found.column and not missing
    ignoring = f"{found.header}{_APART}{IGNORED}"
    return Question(found.header, found.examples, found.reason, options, ignoring, is_ignored)


def _title(column: Column, lang: Lang) -> str:
    said = (column.en if lang == "en" else column.id) or column.reason
    return shorten(f"{column.name} · {said}", 110, placeholder=" …")


def save(hub: Hub, call: Call) -> Response:
    """POST /faskes/kiriman/{id}/kolom: what a person chose is kept for the facility, and the draft is checked again."""
    id_ = call.args["id"]
    known = {each.header for each in draft_headers(hub, call.caller, id_)[0]}
    chosen = {}
    for value in call.form.get("kolom", ()):
        header, apart, column = value.partition(_APART)
        if not value:
            continue
        if not apart or header not in known:
            raise HubError(Category.INCORRECT, Issue("HUB-2026"))
        chosen[header] = column
    if chosen:
        confirm_columns(hub, call.caller, call.own_facility, chosen)
        check_draft(hub, call.caller, id_)
    return go(f"/faskes/kiriman/{id_}")


def board(hub: Hub, call: Call) -> Response:
    """GET /faskes/kolom: the headers people have confirmed."""
    facility = call.own_facility
    titles = {column.name: _title(column, call.lang) for column in columns_of(hub, facility)}
    titles[IGNORED] = translator(call.lang)("columns.leave")
    found = [(header, titles.get(column, column)) for header, column in confirmed_columns(hub, facility).items()]
    return page(hub.config, call, "columns.html", confirmed=found)


def remove(hub: Hub, call: Call) -> Response:
    """POST /faskes/kolom: one header taken back."""
    forget_column(hub, call.caller, call.own_facility, call.value("judul"))
    return go("/faskes/kolom")
