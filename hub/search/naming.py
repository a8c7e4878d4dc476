"""What the name of a parameter asks for: itself, with a modifier, through a chain, or by `_has`.

https://www.hl7.org/fhir/R4/search.html#modifiers, https://www.hl7.org/fhir/R4/search.html#chaining
"""

from typing import NamedTuple

from hub.errors import HubError
from hub.fhir.definitions import RESOURCE_TYPES
from hub.search.parameters import Parameter, modifiers, served
from hub.search.query import Chain, Has, Query
from hub.search.refusals import printable, refuse_name
from hub.search.shaping import RESULT
from hub.search.terms import Terms

MOST_HOPS, MOST_NESTED, MOST_CHAINED_TYPES = 2, 2, 12
_TYPES = frozenset(RESOURCE_TYPES)


class Depth(NamedTuple):
    """How many hops of a chain and nested `_has` may still follow."""

    hops: int = MOST_HOPS
    nested: int = MOST_NESTED


def condition(terms: Terms, name: str, text: str, depth: Depth) -> None:
    """Adds the condition of one parameter. UnknownName when its name is not supported, HubError for a bad value."""
    if name.startswith("_has:"):
        terms.has.append(_has(terms, name, text, depth))
    elif "." in name:
        terms.chains.append(_chain(terms, name, text, depth))
    else:
        bare, _, modifier = name.partition(":")
        parameter = _known(terms.type, bare)
        if modifier and modifier not in modifiers(parameter):
            supported = ", ".join(modifiers(parameter)) or "-"
            raise refuse_name("HUB-4002", name=printable(name), supported=supported)
        terms.add(parameter, modifier, text)


def _chain(terms: Terms, name: str, text: str, depth: Depth) -> Chain:
    head, _, rest = name.partition(".")
    bare, _, target = head.partition(":")
    parameter = _known(terms.type, bare)
    if depth.hops == 0:
        raise refuse_name("HUB-4009", name=printable(name), limit=str(MOST_HOPS))
    if parameter.type != "reference" or (target and target not in parameter.targets):
        supported = ", ".join(parameter.targets) or ", ".join(_references(terms.type))
        raise refuse_name("HUB-4011", name=printable(head), supported=supported)
    deeper = depth._replace(hops=depth.hops - 1)
    targets = (target,) if target else tuple(t for t in parameter.targets if _may_have(t, rest))
    if len(targets) > MOST_CHAINED_TYPES:
        raise refuse_name("HUB-4012", name=printable(head), supported=", ".join(targets))
    found, refused = [], None
    for each in targets:
        try:
            found.append(_alone(Terms(each, terms.base), rest, text, deeper))
        except HubError as error:  # of the types it may be, it is enough that one can be asked
            refused = refused or error
    if not found:
        raise refused or refuse_name("HUB-4011", name=printable(name), supported=", ".join(parameter.targets))
    return Chain(parameter.name, tuple(found))


def _has(terms: Terms, name: str, text: str, depth: Depth) -> Has:
    _, source, *others = name.split(":", 3)
    if len(others) != 2 or source not in _TYPES:
        raise refuse_name("HUB-4013", name=printable(name))
    if depth.nested == 0:
        raise refuse_name("HUB-4009", name=printable(name), limit=str(MOST_NESTED))
    known = served(source).get(others[0])
    if known is None or known.type != "reference" or terms.type not in known.targets:
        supported = ", ".join(each for each in _references(source) if terms.type in served(source)[each].targets)
        raise refuse_name("HUB-4011", name=printable(f"{source}:{others[0]}"), supported=supported or "-")
    return Has(known.name, _alone(Terms(source, terms.base), others[1], text, depth._replace(nested=depth.nested - 1)))


def _alone(terms: Terms, name: str, text: str, depth: Depth) -> Query:
    condition(terms, name, text, depth)
    return terms.query()


def _may_have(type_name: str, rest: str) -> bool:
    """Whether the type has the parameter that follows in a chain."""
    return rest.startswith("_has:") or rest.partition(".")[0].partition(":")[0] in served(type_name)


def _known(type_name: str, bare: str) -> Parameter:
    known = served(type_name)
    if bare not in known:
        supported = ", ".join([*sorted(known), "_has", *RESULT])
        raise refuse_name("HUB-4001", name=printable(bare), type=type_name, supported=supported)
    return known[bare]


def _references(type_name: str) -> list[str]:
    return sorted(name for name, parameter in served(type_name).items() if parameter.type == "reference")
