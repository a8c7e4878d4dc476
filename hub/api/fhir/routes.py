"""The FHIR addresses; anything else below /fhir is 404, and a method not named here 405."""

from starlette.routing import BaseRoute, Route

from hub.api.fhir.bundling import Bundling
from hub.api.fhir.capability import Capability
from hub.api.fhir.deleting import Deleting
from hub.api.fhir.everything import Everything
from hub.api.fhir.reading import Reading
from hub.api.fhir.searching import Searching
from hub.api.fhir.validating import Validating
from hub.api.fhir.writing import Writing
from hub.api.site import Methods, Site


def fhir_routes(site: Site) -> list[BaseRoute]:
    """Every address of the FHIR interface, most special first."""
    read, search, write = Reading(site), Searching(site), Writing(site)
    delete, whole = Deleting(site), Everything(site)
    bundle, validate, about = Bundling(site), Validating(site), Capability(site)
    table = [
        Methods("/fhir", POST=bundle.process),
        Methods("/fhir/", POST=bundle.process),
        Methods("/fhir/metadata", GET=about.statement),
        Methods("/fhir/.well-known/smart-configuration", GET=about.smart),
        Methods("/fhir/$validate", POST=validate.any_type),
        Methods("/fhir/{type}/$validate", POST=validate.one_type),
        Methods("/fhir/Patient/$everything", GET=whole.own, POST=whole.own),
        Methods("/fhir/Patient/{id}/$everything", GET=whole.of_one, POST=whole.of_one),
        Methods("/fhir/{type}/_search", POST=search.by_form),
        Methods("/fhir/{type}/{id}/_history/{vid}", GET=read.vread),
        Methods("/fhir/{type}/{id}/_history", GET=read.history),
        Methods("/fhir/{type}/_history"),
        Methods("/fhir/{type}/{id}", GET=read.read, PUT=write.update, DELETE=delete.delete),
        Methods(
            "/fhir/{type}",
            GET=search.by_url,
            POST=write.create,
            PUT=write.update_where,
            DELETE=delete.delete_where,
        ),
        Methods("/fhir/{rest:path}"),
    ]
    return [Route(methods.pattern, methods) for methods in table]
