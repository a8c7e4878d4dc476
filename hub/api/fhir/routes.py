"""The FHIR addresses; anything else below /fhir is 404, and a method not named here 405."""

from starlette.routing import BaseRoute, Route

from hub.api.fhir.bundling import Bundling
from hub.api.fhir.capability import Capability
from hub.api.fhir.deleting import Deleting
from hub.api.fhir.exporting import Exporting
from hub.api.fhir.histories import Histories
from hub.api.fhir.operations import Unoffered, operation_routes
from hub.api.fhir.reading import Reading
from hub.api.fhir.searching import Searching
from hub.api.fhir.writing import Writing
from hub.api.site import Methods, Site


def fhir_routes(site: Site) -> list[BaseRoute]:
    """Every address of the FHIR interface, most special first."""
    read, search, write = Reading(site), Searching(site), Writing(site)
    delete, past, bundle = Deleting(site), Histories(site), Bundling(site)
    about, bulk = Capability(site), Exporting(site)
    table = [
        Methods("/fhir", POST=bundle.process, GET=bundle.search),
        Methods("/fhir/", POST=bundle.process, GET=bundle.search),
        Methods("/fhir/_search", POST=bundle.search),
        Methods("/fhir/metadata", GET=about.statement),
        Methods("/fhir/.well-known/smart-configuration", GET=about.smart),
        *operation_routes(site),
        Methods("/fhir/$export-status/{job}", GET=bulk.status, DELETE=bulk.cancel),
        Methods("/fhir/$export-file/{job}/{number}", GET=bulk.file),
        Unoffered("/fhir/${operation}"),
        Unoffered("/fhir/{type}/${operation}"),
        Unoffered("/fhir/{type}/{id}/${operation}"),
        Methods("/fhir/{type}/_search", POST=search.by_form),
        Methods("/fhir/{type}/{id}/_history/{vid}", GET=read.vread),
        Methods("/fhir/{type}/{id}/_history", GET=read.history),
        Methods("/fhir/{type}/_history", GET=past.of_type),
        Methods("/fhir/_history", GET=past.of_all),
        Methods("/fhir/{type}/{id}", GET=read.read, PUT=write.update, PATCH=write.patch, DELETE=delete.delete),
        Methods("/fhir/{compartment}/{id}/{type}", GET=search.by_url),
        Methods("/fhir/{compartment}/{id}/{type}/_search", POST=search.by_form),
        Methods(
            "/fhir/{type}",
            GET=search.by_url,
            POST=write.create,
            PUT=write.update_where,
            PATCH=write.patch_where,
            DELETE=delete.delete_where,
        ),
        Methods("/fhir/{rest:path}"),
    ]
    about.learn(table)
    return [Route(methods.pattern, methods) for methods in table]
