"""A form that cannot be taken comes back as it was filled in, with what to mend in words at each field.

A page function that takes a form catches the refusal and shows its own page `again`; the template asks `typed` for what
stood in a field and `fault` (templates/parts.html) for what is wrong with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.responses import Response

from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.web.call import Call, Lang
from hub.web.findings import sentences


def again(
    hub: Hub,
    call: Call,
    error: HubError,
    show: Callable[[Hub, Call], Response],
    fields: Mapping[str, str],
    say: Callable[[Issue], str] | None = None,
) -> Response:
    """The page of `show` with the form as it was sent, status 422. `fields`: what an issue calls a part of the form
    (its column), and the field on the page; an issue of none of them stands over the form. `say`: an issue in words,
    "" for those of the catalogue. Raises any other refusal than one of what was typed."""
    if error.category is not Category.INCORRECT:
        raise error
    found: dict[str, list[str]] = {}
    for issue in error.issues:
        words = (say(issue) if say else "") or _words(issue, call.lang)
        found.setdefault(fields.get(issue.column or "", ""), []).append(words)
    return show(hub, replace(call, faults={field: " ".join(words) for field, words in found.items()}))


def _words(issue: Issue, lang: Lang) -> str:
    return " ".join(sentences([issue], lang))
