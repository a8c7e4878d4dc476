"""What a part must say besides its tokens so that searches stay exact without looking at rows: the forms in which codes
are used, and the references that lead out of their own patient's compartment.

A code has a token without its system and one with it. Only the first has index rows; where an author uses a code with
one system and in one type, those rows alone count it (`hub/store/select.py`). A reference to something of a patient
stands in that patient's compartment as a rule; the exceptions get index rows, so that a search for what refers to a
resource need not look anywhere else (`hub/access/plan.py`).
"""

from collections.abc import Collection, Iterable, Mapping
from weakref import WeakKeyDictionary

from hub.model import Key
from hub.parts import Hub
from hub.search import CODES, REFERENCE
from hub.store import ReadTx, Store

Form = tuple[int, int, int]
"""(token without the system, token with it, type)"""
Tokens = Mapping[tuple[str, str], int]
MOST_KNOWN = 200_000
_known: WeakKeyDictionary[Store, set[Form]] = WeakKeyDictionary()
"""By store: forms that some snapshot held. They are never removed, so they are there for good."""


def forms_of(type_: int, tokens: Tokens, indexed: Iterable[tuple[str, str]]) -> set[Form]:
    """The forms of a resource's codes."""
    exact: dict[tuple[str, str], list[int]] = {(p, v[1:]): [] for p, v in indexed if p in CODES}
    lengths = sorted({len(end) for _, end in exact})
    for (param, value), token in tokens.items() if exact else ():
        if param not in CODES or value[:2] == "*|":
            continue
        for length in lengths:  # few, and each code is looked up: a resource may have thousands of them
            if length > len(value):
                break
            if value[-length] == "|" and (param, value[-length:]) in exact:
                exact[param, value[-length:]].append(token)
    return {
        (tokens[param, f"*{end}"], token, type_) for (param, end), found in exact.items() for token in found or (0,)
    }


def unknown_forms(hub: Hub, tx: ReadTx, forms: Collection[Form]) -> list[Form]:
    """Those of some forms that are not stored yet."""
    known = _known.setdefault(hub.store, set())
    fresh = set(forms) - known
    if fresh:
        stored = tx.forms({form[0] for form in fresh})
        if len(known) > MOST_KNOWN:
            known.clear()
        known |= stored
        fresh -= stored
    return sorted(fresh)


def leading_out(hub: Hub, home: int, references: Mapping[str, Key | None], author: int, tokens: Tokens) -> set[int]:
    """The tokens of references to something in another patient's compartment than `home`."""
    strangers = {key.compartment for key in references.values() if key is not None} - {home}
    if not strangers or strangers == {hub.blinder.home(author)}:
        return set()
    homes = (home, hub.blinder.home(author))
    outside = {text for text, key in references.items() if key is not None and key.compartment not in homes}
    return {token for (param, value), token in tokens.items() if value in outside and param != REFERENCE}
