r"""The signs `,` `|` `$` of a search value, each literal after a `\` (https://www.hl7.org/fhir/R4/search.html#escaping)."""

import re

_ESCAPED = re.compile(r"\\([\\,|$])")


def split(text: str, separator: str) -> list[str]:
    """Splits at a separator that is not escaped; escapes stay."""
    if "\\" not in text:
        return text.split(separator)
    parts, start, position = [], 0, 0
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        if text[position] == separator:
            parts.append(text[start:position])
            start = position + 1
        position += 1
    return [*parts, text[start:]]


def unescape(text: str) -> str:
    r"""Takes the escapes off: `\,` `\|` `\$` `\\`."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
