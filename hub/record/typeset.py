"""Tagged PDF by Typst: data go in as one JSON string and are never read as markup."""

from datetime import UTC, datetime
from typing import Any

import msgspec


def typeset(template: bytes, data: dict[str, Any], made_ms: int) -> bytes:
    """A template with its data as PDF/UA-1, with the fonts that Typst carries; `made_ms` goes into the metadata."""
    import typst  # 7 MB that only a process that prints needs

    try:
        return _compile(template, data, made_ms, ["ua-1"])
    except typst.TypstError:
        # PDF/UA-1 forbids a character without a glyph, and a name may hold any: then tagged PDF without that promise
        return _compile(template, data, made_ms, [])


def _compile(template: bytes, data: dict[str, Any], made_ms: int, standards: list[Any]) -> bytes:
    import typst

    compiled: bytes = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        pdf_standards=standards,
        timestamp=datetime.fromtimestamp(made_ms // 1000, UTC),
    )
    return compiled
