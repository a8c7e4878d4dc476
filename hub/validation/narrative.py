"""The rules on narrative: a small, harmless part of XHTML that says something.

https://www.hl7.org/fhir/R4/narrative.html (txt-1, txt-2). What is stored here is shown to clinicians and patients.
"""

import re
from html.entities import html5
from typing import Any
from xml.parsers import expat

_XHTML = "http://www.w3.org/1999/xhtml"
_ELEMENTS = frozenset(
    """a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img
    kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var""".split()  # noqa: SIM905 - words read better
)
_ATTRIBUTES = frozenset(
    """abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset
    cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap
    rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace
    width""".split()  # noqa: SIM905
)
_LINKS = frozenset({"href", "src", "cite", "longdesc"})
_SAFE_LINK = re.compile(r"(?:https?:|mailto:|tel:|data:image/|urn:|#|[^:]*(?:[/?#]|$))", re.I)
_UNSAFE_STYLE = re.compile(
    r"expression\s*\(|javascript:|url\s*\(\s*['\"]?\s*(?!data:image/|#)|@import|behavior\s*:", re.I
)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


class _FaultError(Exception):
    """The narrative breaks a rule."""


def is_narrative(div: Any) -> bool:
    """Whether a `Narrative.div` is well-formed, has content and holds only allowed elements, attributes and links."""
    if not isinstance(div, str) or "<!D" in div[:200].upper():
        return False
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    try:
        parser.Parse(_ENTITY.sub(_character, div), True)
    except (expat.ExpatError, _FaultError):
        return False
    return reader.has_content


def names_xhtml(div: Any) -> bool:
    """Whether a narrative at least says that it is XHTML; the namespace is what is forgotten most."""
    return not isinstance(div, str) or f'"{_XHTML}"' in div or f"'{_XHTML}'" in div


def _refuse(*_: Any) -> None:
    raise _FaultError


def _character(entity: re.Match[str]) -> str:
    """XHTML's named characters (`&nbsp;`), which an XML parser does not know."""
    return entity[0] if entity[1] in _XML_ENTITIES else html5.get(entity[1], entity[0])


class _Reader:
    def __init__(self) -> None:
        self.has_content = False
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if space != _XHTML or local not in _ELEMENTS or (self._depth == 0 and local != "div"):
            raise _FaultError
        self._depth += 1
        if self._depth > 100:
            raise _FaultError
        for key, value in attributes.items():
            is_xml = key.startswith("http://www.w3.org/XML/1998/namespace ")
            if not is_xml and key not in _ATTRIBUTES:
                raise _FaultError
            if key in _LINKS and not _SAFE_LINK.match(value.strip()):
                raise _FaultError
            if key == "style" and _UNSAFE_STYLE.search(value):
                raise _FaultError
        if local == "img":
            self.has_content = True

    def end(self, _name: str) -> None:
        self._depth -= 1

    def text(self, text: str) -> None:
        if not self.has_content and text.strip():
            self.has_content = True
