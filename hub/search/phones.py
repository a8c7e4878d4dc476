"""Phone numbers as asked for: what adapters take in is kept as +62…, what comes by FHIR as it was sent, so 08… and +62…
mean each other in a search."""

import re

PARAMETERS = frozenset({"phone", "telecom"})
_NATIONAL = re.compile(r"0([1-9][0-9]{6,13})")
_ABROAD = re.compile(r"[+ ]62([1-9][0-9]{6,13})")
"""A "+" that was not encoded arrives as a blank."""


def both_forms(text: str) -> list[str]:
    """A token value (`number` or `system|number`), and the other form of its number where it has one."""
    head, mark, number = text.rpartition("|")
    if found := _NATIONAL.fullmatch(number):
        return [text, f"{head}{mark}+62{found[1]}"]
    if found := _ABROAD.fullmatch(number):
        return [f"{head}{mark}+62{found[1]}", f"{head}{mark}0{found[1]}"]
    return [text]
