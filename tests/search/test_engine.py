"""A generic FHIRPath engine selects the same elements by the official expressions: on all types of the Synthea set, and
for every path of all types. No expression is left out; where the engine needs help is said in the functions it gets.
"""

import json
import re

import pytest
from fhirpathpy import compile as compile_generic
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models

from hub.fhir.definitions import RESOURCE_TYPES, search_parameters
from hub.search.expressions import DECEASED
from hub.search.parameters import served
from hub.search.typed import elements, values, walk
from tests.search.building import resources_for
from tests.search.samples import TYPES, samples

PER_TYPE = 40


def resolved(inputs):
    """The engine can't follow references; their types are all that the expressions ask for."""
    found = []
    for each in inputs:
        data = each.data if isinstance(each, ResourceNode) else each
        type_name = data.get("reference", "").partition("/")[0]
        found += [ResourceNode.create_node({"resourceType": type_name}, type_name)] if type_name else []
    return found


def with_extension(inputs, url):
    """A function of FHIR's own that the engine does not know."""
    items = [each.data if isinstance(each, ResourceNode) else each for each in inputs]
    return [any(each["url"] == url for item in items for each in item.get("extension", ()))]


OPTIONS = {
    "userInvocationTable": {
        "resolve": {"fn": resolved, "arity": {0: []}},
        "hasExtension": {"fn": with_extension, "arity": {1: ["String"]}},
    }
}


def official(type_name):
    """The definitions of a type's parameters."""
    return [d for d in search_parameters() if {type_name, "Resource"} & set(d["base"]) and d["type"] != "special"]


def expression_for(definition, type_name):
    """The alternatives of an expression that are about this type; `as` in its form for several items, for the engine
    takes it, by the letter of FHIRPath, for a single one only."""
    parts = [part.strip() for part in definition["expression"].split("|")]
    own = [part for part in parts if re.match(rf"\(?({type_name}|Resource)\b|[a-z]", part)]
    filters = (re.sub(r"\((\S+) as (\w+)\)|\b(\S+) as (\w+)", r"\1\3.ofType(\2\4)", part) for part in own)
    return " | ".join(re.sub(r"^Resource\b", type_name, part).replace(".as(", ".ofType(") for part in filters)


def chosen(parameter, resource):
    """What the parameter's expression comes to, by our reading."""
    if parameter.contexts:
        return [node for context in parameter.contexts for node in walk(context.path.steps, resource)]
    if any(path.datatype == DECEASED for path in parameter.paths):
        return [token.code == "true" for token in values(parameter, resource)]
    return [element for _, element in elements(parameter, resource)]


def same(values):
    return sorted(json.dumps(value, sort_keys=True, default=str) for value in values)


@pytest.mark.parametrize("type_name", TYPES)
def test_the_same_elements(type_name):
    selected = 0
    for definition in official(type_name):
        parameter = served(type_name)[definition["code"]]
        generic = compile_generic(expression_for(definition, type_name), models["r4"], OPTIONS)
        for resource in samples(PER_TYPE)[type_name]:
            ours = chosen(parameter, resource)
            assert same(ours) == same(generic(resource, {})), (definition["code"], definition["expression"])
            selected += len(ours)
    assert selected > 20


@pytest.mark.parametrize("initial", sorted({name[0] for name in RESOURCE_TYPES}))
def test_the_same_elements_of_every_path_of_all_types(initial):
    for type_name in (name for name in RESOURCE_TYPES if name[0] == initial):
        for definition in official(type_name):
            generic = compile_generic(expression_for(definition, type_name), models["r4"], OPTIONS)
            parameter = served(type_name)[definition["code"]]
            for resource in resources_for(type_name, parameter):
                ours = chosen(parameter, resource)
                assert ours
                assert same(ours) == same(generic(resource, {})), (definition["code"], definition["expression"])
