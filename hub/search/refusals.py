"""The ways a search is refused, each with its stable code; a refusal never repeats the value it refuses."""

from hub.errors import Category, HubError
from hub.model import Issue

FORMS = {
    "token": "code, system|code, |code, system|",
    "of-type": "system|code|value",
    "reference": "Type/id, id, URL",
    "string": "nama / name",
    "date": "[eq ne gt lt ge le sa eb ap]YYYY-MM-DD, YYYY-MM, YYYY, YYYY-MM-DDThh:mm:ss+08:00",
    "births": "[eq ne gt lt ge le sa eb ap]YYYY-MM-DD, YYYY-MM, YYYY",
    "ids": "id, id",
    "number": "[eq ne gt lt ge le sa eb ap]5.40, 5.4e-3",
    "quantity": "[eq ne gt lt ge le sa eb ap]5.40, 5.4|system|code, 5.4||code",
    "uri": "URI",
    "composite": "a$b",
    "missing": "true, false",
    "count": "0, 1, 2 …",
}


class UnknownName(HubError):
    """What a parameter's name asks for is not supported; a lenient caller has it left out."""


def refuse(code: str, **args: str) -> HubError:
    """The refusal as an exception to raise."""
    return HubError(Category.INCORRECT, Issue(code, args=args))


def refuse_name(code: str, **args: str) -> UnknownName:
    """The refusal of a parameter's name, likewise."""
    return UnknownName(Category.INCORRECT, Issue(code, args=args))


def bad_value(name: str, kind: str) -> HubError:
    """A value not of the form its parameter takes."""
    return refuse("HUB-4003", name=printable(name), form=FORMS[kind])


def printable(name: str) -> str:
    """A name as it may be repeated: somebody may have put a value where the name belongs."""
    letters = "".join(letter for letter in name if letter.isascii() and (letter.isalpha() or letter in "_-.:"))
    return letters[:60]
