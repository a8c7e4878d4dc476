"""FHIRPath text to a tree of tuples. https://hl7.org/fhirpath/N1/#formal-specifications"""

import re
from decimal import Decimal
from typing import Any

from hub.fhir.path.moments import parts
from hub.fhir.path.units import WORDS
from hub.fhir.path.values import Amount, Moment

Tree = tuple[Any, ...]
"""("lit", value) ("nothing",) ("name", name) ("var", name) ("this", name) ("dot", left, right) ("index", left, right)
("call", name, arguments) ("op", operator, left, right) ("sign", operand) ("type", "is"|"as", left, type name)"""


class PathSyntaxError(ValueError):
    """The expression does not parse, or uses what this subset leaves out."""


_CLOCK = r"[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_TOKEN = re.compile(
    r"""\s+ | //[^\n]* | /\*.*?\*/
    | (?P<time>@T%(clock)s | @[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?:T(?:%(clock)s)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<variable>%(?:`[^`]*`|'[^']*'|[A-Za-z_][A-Za-z0-9_-]*))
    | (?P<special>\$(?:this|index|total))
    | (?P<name>`(?:[^`\\]|\\.)*` | [A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign><=|>=|!=|!~|[-+*/&|<>=~.,()\[\]{}])""".replace("%(clock)s", _CLOCK),
    re.X | re.S,
)
_BINDING = {
    **dict.fromkeys(["implies"], 1),
    **dict.fromkeys(["or", "xor"], 2),
    **dict.fromkeys(["and"], 3),
    **dict.fromkeys(["in", "contains"], 4),
    **dict.fromkeys(["=", "!=", "~", "!~"], 5),
    **dict.fromkeys(["<", ">", "<=", ">="], 6),
    **dict.fromkeys(["|"], 7),
    **dict.fromkeys(["is", "as"], 8),
    **dict.fromkeys(["+", "-", "&"], 9),
    **dict.fromkeys(["*", "/", "div", "mod"], 10),
}
_WORDS = frozenset({"implies", "or", "xor", "and", "in", "contains", "is", "as", "div", "mod"})
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


def parse(text: str) -> Tree:
    """The tree of an expression. Raises PathSyntaxError."""
    parser = _Parser(text)
    tree = parser.expression(0)
    parser.expect("end", "")
    return tree


def unescape(text: str) -> str:
    r"""The value of a quoted FHIRPath text without its quotes (`\'`, `\n`, `é`...)."""
    return re.sub(
        r"\\(u[0-9A-Fa-f]{4}|.)",
        lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 5 else _ESCAPES.get(m[1], m[1]),
        text,
        flags=re.S,
    )


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise PathSyntaxError(f"unexpected character at {at}")
            at = found.end()
            if found.lastgroup:
                self._tokens.append((found.lastgroup, found[0]))
        self._tokens.append(("end", ""))
        self._at = 0

    def expect(self, kind: str, text: str) -> None:
        if self._tokens[self._at] != (kind, text):
            raise PathSyntaxError(f"expected {text or kind!r}, found {self._tokens[self._at][1]!r}")
        self._at += 1

    def expression(self, floor: int) -> Tree:
        left = self._operand()
        while True:
            kind, text = self._tokens[self._at]
            power = _BINDING.get(text, 0) if kind == "sign" or (kind == "name" and text in _WORDS) else 0
            if power <= floor:
                return left
            self._at += 1
            if text in ("is", "as"):
                left = ("type", text, left, self._type_name())
            else:
                left = ("op", text, left, self.expression(power))

    def _operand(self) -> Tree:
        if self._skip("-"):
            return ("sign", self._operand())
        if self._skip("+"):
            return self._operand()
        left = self._term()
        while True:
            if self._skip("."):
                left = ("dot", left, self._invocation())
            elif self._skip("["):
                left = ("index", left, self.expression(0))
                self.expect("sign", "]")
            else:
                return left

    def _term(self) -> Tree:
        kind, text = self._tokens[self._at]
        if kind == "text":
            self._at += 1
            return ("lit", unescape(text[1:-1]))
        if kind == "number":
            self._at += 1
            return ("lit", self._amount(Decimal(text) if "." in text else int(text)))
        if kind == "time":
            self._at += 1
            if parts(text[1:]) is None:
                raise PathSyntaxError("no such date or time")
            return ("lit", Moment(text[1:]))
        if kind == "variable":
            self._at += 1
            return ("var", text[1:].strip("`'"))
        if self._skip("("):
            inner = self.expression(0)
            self.expect("sign", ")")
            return inner
        if self._skip("{"):
            self.expect("sign", "}")
            return ("nothing",)
        if kind == "name" and text in ("true", "false"):
            self._at += 1
            return ("lit", text == "true")
        return self._invocation()

    def _amount(self, number: int | Decimal) -> Any:
        kind, text = self._tokens[self._at]
        if kind == "text":
            self._at += 1
            return Amount(number, unescape(text[1:-1]))
        if kind == "name" and text.removesuffix("s") in WORDS:
            self._at += 1
            return Amount(number, text.removesuffix("s"))
        return number

    def _invocation(self) -> Tree:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "special":
            return ("this", text)
        if kind != "name":
            raise PathSyntaxError(f"expected a name, found {text!r}")
        name = unescape(text.strip("`"))
        if not self._skip("("):
            return ("name", name)
        arguments = []
        if not self._skip(")"):
            arguments.append(self.expression(0))
            while self._skip(","):
                arguments.append(self.expression(0))
            self.expect("sign", ")")
        return ("call", name, arguments)

    def _type_name(self) -> str:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind != "name":
            raise PathSyntaxError(f"expected a type, found {text!r}")
        return text.strip("`") + ("." + self._type_name() if self._skip(".") else "")

    def _skip(self, text: str) -> bool:
        if self._tokens[self._at] == ("sign", text):
            self._at += 1
            return True
        return False
