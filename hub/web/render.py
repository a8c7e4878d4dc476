"""Templates to responses. Autoescape is on for everything; an unknown name in a template is an error, not a blank."""

import hashlib
import secrets
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.audit import PURPOSES, ROLES, word
from hub.config import Config
from hub.record.dates import in_words, moment_in_words
from hub.web.call import Call
from hub.web.categories import category_name
from hub.web.guard import csrf_token
from hub.web.language import translator
from hub.web.menu import PART_OF, menu

HOME = {
    "patient": "/saya",
    "clinician": "/faskes",
    "clinic-client": "/faskes",
    "auditor": "/dinas",
    "surveillance": "/dinas/surveilans",
    "privacy-officer": "/petugas",
    "steward": "/petugas/orang",
}
"""Where each role goes after signing in."""


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("hub.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def stylesheet() -> bytes:
    """The one stylesheet."""
    return files("hub.web").joinpath("static", "jukung.css").read_bytes()


@cache
def _stylesheet_address() -> str:
    return f"/static/jukung.css?v={hashlib.sha256(stylesheet()).hexdigest()[:12]}"


def page(config: Config, call: Call, template: str, *, status: int = 200, **content: object) -> Response:
    """A whole page from a template and its content; `t` translates, `when` puts epoch ms in words."""
    other = "en" if call.lang == "id" else "id"
    kept = {key: value for key, value in call.query.items() if key not in ("lang", "pesan")}
    role = call.who.role if call.who else ""
    here = call.path if call.method == "GET" else HOME.get(role, "/")
    navigation = menu(role, *(call.who.duties if call.who else ()))
    path = PART_OF.get(call.path, call.path)
    above = [address for address, _ in navigation if f"{path}/".startswith(f"{address}/")]
    html = (
        _templates()
        .get_template(template)
        .render(
            _words(call),
            other_lang=other,
            other_address=f"{here}?{urlencode(kept | {'lang': other})}",
            path=call.path,
            role=role,
            home=HOME.get(role, "/"),
            navigation=navigation,
            section=max(above, key=len, default=""),
            is_demo=config.mode == "demo",
            stylesheet=_stylesheet_address(),
            **content,
        )
    )
    return HTMLResponse(html, status_code=422 if call.faults and status == 200 else status)


def fragment(call: Call, template: str, **content: object) -> Markup:
    """A piece of a page, in the language of the call; the template has the words and forms of a page."""
    return Markup(_templates().get_template(template).render(_words(call), **content))  # noqa: S704 its own escaping


def _words(call: Call) -> dict[str, Any]:
    """What every template can say in the language of the call, and what its forms carry; `under` names the words of
    one key of the texts."""
    t = translator(call.lang)
    return {
        "t": t,
        "under": lambda key: lambda name: t(f"{key}.{name}", default=name),
        "when": lambda ms: moment_in_words(ms, call.lang),
        "purpose_text": lambda code: word(PURPOSES, code, call.lang),
        "role_text": lambda code: word(ROLES, code, call.lang),
        "count": lambda number: _grouped(f"{number:,}", call.lang),
        "decimal": lambda number: _grouped(f"{number:,.1f}", call.lang),
        "month_name": lambda period: in_words(period, call.lang),
        "diagnosis_name": lambda code: category_name(code, call.lang),
        "lang": call.lang,
        "csrf": csrf_token(call.secret) if call.secret else "",
        "faults": call.faults,
        "typed": lambda name, fresh="": call.value(name) if call.faults else fresh,
        "new_mark": lambda: secrets.token_hex(16),
    }


def go(path: str) -> Response:
    """Go on to one of our own pages after a form (303)."""
    return RedirectResponse(path, status_code=303)


def download(content: bytes, media_type: str, filename: str) -> Response:
    """A file to save, never to show. `filename` is ours: ASCII, without quotes."""
    disposition = f'attachment; filename="{filename}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


def _grouped(number: str, lang: str) -> str:
    """12,345.6 as 12.345,6 (id) or as it is (en)."""
    return number.translate(_INDONESIAN) if lang == "id" else number


_INDONESIAN = str.maketrans(",.", ".,")
