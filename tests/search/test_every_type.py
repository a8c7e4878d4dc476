"""Every path of every parameter of all types: its value is read, asked for in every way, and finds its resource."""

import pytest

from hub.fhir.definitions import RESOURCE_TYPES
from hub.search import extract, meets, parameters, parse, values
from tests.search.building import resources_for
from tests.search.matching import is_let_through
from tests.search.writing import as_written, asked

COMMON = {"_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"}


def ways_to_ask(parameter, resource):
    if parameter.kept == "ids":
        return {("", resource["id"])}
    found = {way for value in values(parameter, resource) for way in asked(parameter, value)}
    found |= {("", text) for text in as_written(parameter, resource)}
    return found if parameter.kept == "updated" else found | {("missing", "false")}


@pytest.mark.parametrize("initial", sorted({name[0] for name in RESOURCE_TYPES}))
def test_every_path_is_read_and_found(initial):
    for type_name in (name for name in RESOURCE_TYPES if name[0] == initial):
        assert {parameter.name for parameter in parameters(type_name)} >= COMMON
        for parameter in parameters(type_name):
            for resource in resources_for(type_name, parameter):
                assert values(parameter, resource), (type_name, parameter.name)
                extracted = extract(type_name, resource)
                ways = ways_to_ask(parameter, resource)
                assert ways, (type_name, parameter.name)
                for modifier, text in ways:
                    name = f"{parameter.name}:{modifier}" if modifier else parameter.name
                    query = parse(type_name, [(name, text)], False)
                    assert is_let_through(query, extracted), (type_name, name, text, query, resource)
                    assert meets(query, resource), (type_name, name, text)
                    assert query.patient in (None, ("a-1",))
