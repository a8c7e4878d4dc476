"""Search parameters of a request to a Query. What is unknown is refused, unless the caller asked for leniency.

https://www.hl7.org/fhir/R4/search.html.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hub.search.compartments import within
from hub.search.naming import Depth, condition
from hub.search.query import Include, Query
from hub.search.refusals import UnknownName, refuse
from hub.search.shaping import INCLUDES, MOST_INCLUDES, RESULT, include, shape
from hub.search.terms import Terms

MOST_PARAMETERS = 40


def parse(
    type_name: str,
    params: Sequence[tuple[str, str]],
    lenient: bool,
    compartment: tuple[str, str] | None = None,
    base: str = "",
) -> Query:
    """The query of decoded (name, value) pairs in the order given. KeyError for no type of R4.

    `compartment` is the kind and id of the one to search in; `base` begins the addresses of the hub's own resources
    (".../fhir/"), so that a reference may be asked for by its address. Raises HubError INCORRECT, naming what is
    supported, for an unknown parameter, modifier or value; `lenient` drops unknown parameters and modifiers (never bad
    values) and names them in `Query.ignored`.
    """
    if len(params) > MOST_PARAMETERS:
        raise refuse("HUB-4005", limit=str(MOST_PARAMETERS))
    terms = Terms(type_name, base)
    if compartment is not None:
        within(terms, *compartment)
    shaped: dict[str, Any] = {}
    includes: list[Include] = []
    understood: list[tuple[str, str]] = []
    ignored: list[str] = []
    for name, text in params:
        try:
            if name.partition(":")[0] in INCLUDES:
                includes.append(include(type_name, name, text))
            elif name in RESULT:
                if any(name == other for other, _ in understood):
                    raise refuse("HUB-4010", name=name)
                shaped |= shape(type_name, name, text)
            else:
                condition(terms, name, text, Depth())
        except UnknownName:
            if not lenient:
                raise
            ignored.append(name)
        else:
            understood.append((name, text))
    if len(includes) > MOST_INCLUDES:
        raise refuse("HUB-4015", limit=str(MOST_INCLUDES))
    return replace(
        terms.query(), includes=tuple(includes), self_params=tuple(understood), ignored=tuple(ignored), **shaped
    )
