"""The ways a search is refused, each with its stable code; a refusal never repeats the value it refuses."""

from hub.errors import Category, HubError
from hub.model import Issue

FORMS = {
    "token": "code, system|code, |code",
    "reference": "Type/id, id",
    "string": "nama / name",
    "day": "[prefix]YYYY-MM-DD, YYYY-MM, YYYY, YYYY-MM-DDThh:mm+08:00",
    "instant": "[prefix]YYYY-MM-DDThh:mm:ss+08:00, YYYY-MM-DD",
    "birthdate": "[prefix]YYYY-MM-DD, YYYY-MM, YYYY",
    "id": "id, id",
    "number": "0, 1, 2 …",
}


def refuse(code: str, **args: str) -> HubError:
    """The refusal as an exception to raise."""
    return HubError(Category.INCORRECT, Issue(code, args=args))


def bad_value(name: str, kind: str) -> HubError:
    """A value not of the form its parameter takes."""
    return refuse("HUB-4003", name=name, form=FORMS[kind])
