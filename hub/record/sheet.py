"""A table of words as a tagged PDF by Typst, the access log on paper: data go in as JSON, never read as markup."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from hub.record.dates import moment_in_words
from hub.record.lines import Lang
from hub.record.typeset import typeset
from hub.record.words import section


@cache
def _template() -> bytes:
    return files("hub.record").joinpath("sheet.typ").read_bytes()


def sheet(
    title: str,
    lead: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    made_ms: int,
    lang: Lang,
    *,
    is_synthetic: bool = False,
) -> bytes:
    """Title, a sentence and a table, A4, PDF/UA-1; every row has as many cells as there are `columns`.

    `made_ms`: epoch ms, printed in the footer. `is_synthetic` prints the demo's banner on every page.
    """
    data = {
        "title": title,
        "lead": lead,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "lang": lang,
        "made": f"{section('label', lang)['made']} {moment_in_words(made_ms, lang)}",
        "synthetic": section("text", lang)["synthetic"] if is_synthetic else "",
    }
    return typeset(_template(), data, made_ms)
