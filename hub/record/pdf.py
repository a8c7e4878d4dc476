"""The summary as a tagged PDF by Typst: data go in as one JSON string and are never read as markup."""

import dataclasses
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import typst

from hub.record.dates import moment_in_words
from hub.record.lines import Summary
from hub.record.words import section


@cache
def _template() -> bytes:
    return files("hub.record").joinpath("record.typ").read_bytes()


def pdf(record: Summary, made_ms: int, *, is_synthetic: bool = False) -> bytes:
    """The summary as PDF/UA-1, A4, with the fonts that Typst carries: no system font or library is needed.

    `made_ms`: epoch ms, printed in the footer and in the metadata. `is_synthetic` prints the demo's banner on every
    page. Measured: 10 to 17 ms for two pages.
    """
    data = {
        "record": dataclasses.asdict(record),
        "heading": section("heading", record.lang),
        "empty": section("empty", record.lang),
        "label": section("label", record.lang),
        "text": section("text", record.lang),
        "made": moment_in_words(made_ms, record.lang),
        "synthetic": is_synthetic,
    }
    try:
        return _compile(data, made_ms, ["ua-1"])
    except typst.TypstError:
        # PDF/UA-1 forbids a character without a glyph, and a name may hold any: then tagged PDF without that promise
        return _compile(data, made_ms, [])


def _compile(data: dict[str, Any], made_ms: int, standards: list[Any]) -> bytes:
    compiled: bytes = typst.compile(
        _template(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        pdf_standards=standards,
        timestamp=datetime.fromtimestamp(made_ms // 1000, UTC),
    )
    return compiled
