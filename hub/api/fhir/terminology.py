"""Terminology operations over the code systems, value sets and concept maps that the hub ships.

https://www.hl7.org/fhir/R4/terminology-service.html. They hold no patient's data: any valid token will do.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.api.errors import FHIR_JSON
from hub.api.fhir.parameters import Given, given
from hub.api.site import Site, bearer
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import terminology
from hub.fhir.json import write
from hub.fhir.terminology import Asked, Code, Wanted
from hub.mapping import concept_map, spellings
from hub.model import Issue, Principal

_DEFINED = "http://hl7.org/fhir/OperationDefinition/"
OPERATIONS = (
    ("type", "CodeSystem", "lookup", f"{_DEFINED}CodeSystem-lookup", "lookup"),
    ("type", "CodeSystem", "validate-code", f"{_DEFINED}CodeSystem-validate-code", "validate_in_system"),
    ("type", "CodeSystem", "subsumes", f"{_DEFINED}CodeSystem-subsumes", "subsumes"),
    ("type", "ValueSet", "expand", f"{_DEFINED}ValueSet-expand", "expand"),
    ("type", "ValueSet", "validate-code", f"{_DEFINED}ValueSet-validate-code", "validate_in_set"),
    ("type", "ConceptMap", "translate", f"{_DEFINED}ConceptMap-translate", "translate"),
)
"""(level, type, code, definition, handler) of each operation here; all by GET and POST."""

_CODED = ("code", "system", "version", "display", "coding", "codeableConcept", "displayLanguage")


class Terminology:
    """Handlers of the terminology operations."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def lookup(self, request: Request) -> Response:
        """GET, POST /fhir/CodeSystem/$lookup"""
        names = ("code", "system", "version", "coding", "date", "displayLanguage", "property")
        asked, _ = await self._asked(request, names)
        code = _code(asked, asked.text("version"))
        if not code.system or not code.code:
            raise _missing("code", "system", "coding")
        self._require_codes(code.system)
        properties, lang = asked.texts("property"), asked.text("displayLanguage")
        return await self._answer(lambda: terminology.lookup(code, properties, lang))

    async def validate_in_system(self, request: Request) -> Response:
        """GET, POST /fhir/CodeSystem/$validate-code"""
        asked, _ = await self._asked(request, ("url", *_CODED, "date", "abstract"))
        codes = _codes(asked, asked.text("version"))
        url = asked.text("url")
        codes = [code._replace(system=code.system or url) for code in codes]
        if not all(code.system for code in codes):
            raise _missing("url", "system")
        self._require_codes(*(code.system for code in codes))
        lang = asked.text("displayLanguage")
        return await self._answer(lambda: terminology.validate_in_system(codes, lang))

    async def subsumes(self, request: Request) -> Response:
        """GET, POST /fhir/CodeSystem/$subsumes"""
        asked, _ = await self._asked(request, ("codeA", "codeB", "system", "version", "codingA", "codingB"))
        one, other = asked.coding("codingA"), asked.coding("codingB")
        system = asked.text("system") or one.get("system", "")
        codes = [asked.text("codeA") or one.get("code", ""), asked.text("codeB") or other.get("code", "")]
        if not system or not all(codes):
            raise _missing("system", "codeA", "codeB")
        if other.get("system", system) != system:
            raise HubError(Category.INCORRECT, Issue("HUB-4401", args={"name": "codingB"}))
        self._require_codes(system)
        version = asked.text("version")
        return await self._answer(lambda: terminology.subsumes(system, version, codes[0], codes[1]))

    async def expand(self, request: Request) -> Response:
        """GET, POST /fhir/ValueSet/$expand"""
        wanted = ("filter", "offset", "count", "activeOnly", "includeDesignations", "displayLanguage")
        asked, _ = await self._asked(request, ("url", "valueSetVersion", "excludeNested", *wanted))
        page = Wanted(
            filter=asked.text("filter"),
            offset=asked.number("offset") or 0,
            count=asked.number("count"),
            lang=asked.text("displayLanguage"),
            is_active=asked.flag("activeOnly"),
            has_designations=asked.flag("includeDesignations"),
        )
        url, version, made = asked.required("url"), asked.text("valueSetVersion"), instant(self.site.hub.clock())
        return await self._answer(lambda: terminology.expanded(url, version, page, made))

    async def validate_in_set(self, request: Request) -> Response:
        """GET, POST /fhir/ValueSet/$validate-code"""
        names = ("url", "valueSetVersion", "systemVersion", "abstract", "date", *_CODED)
        asked, _ = await self._asked(request, names)
        url, codes = asked.required("url"), _codes(asked, asked.text("systemVersion"))
        version, lang = asked.text("valueSetVersion"), asked.text("displayLanguage")
        return await self._answer(lambda: terminology.validate_in_set(url, version, codes, lang))

    async def translate(self, request: Request) -> Response:
        """GET, POST /fhir/ConceptMap/$translate: the maps of the adapters, with the caller's own words, and R4's."""
        names = ("url", "conceptMapVersion", "source", "target", "targetsystem", "reverse", *_CODED)
        asked, who = await self._asked(request, names)
        facility = self.site.hub.facilities.get(who.facility or "")
        codes = _codes(asked, asked.text("version"))
        if not asked.text("url") and not all(code.system for code in codes):
            raise _missing("url", "system")
        questions = [Asked(c.system, c.code, asked.text("targetsystem"), asked.flag("reverse")) for c in codes]

        def work() -> dict[str, Any]:
            maps = self._maps(asked)
            listed = (terminology.matches(maps, each, partial(spellings, facility)) for each in questions)
            return terminology.translated([match for found in listed for match in found])

        return await self._answer(work)

    async def _asked(self, request: Request, names: tuple[str, ...]) -> tuple[Given, Principal]:
        bearer(request)
        asked = await given(request, names)
        return asked, await self.site.caller(request)

    async def _answer(self, work: Callable[[], dict[str, Any]]) -> Response:
        return Response(await self.site.run(lambda: write(work())), media_type=FHIR_JSON)

    def _require_codes(self, *systems: str) -> None:
        """NOT_FOUND, saying what it is, for the words of a source program: a map translates them."""
        for url, each in self._adapters.items():
            if any(group["source"] in systems for group in each["group"]):
                raise HubError(Category.NOT_FOUND, Issue("HUB-4415", args={"map": url}))

    def _maps(self, asked: Given) -> list[dict[str, Any]]:
        """The map that is named, else all that lead from and to the value sets named, if any."""
        if url := asked.text("url"):
            found = self._adapters.get(url) or terminology.definition("ConceptMap", url)
            version = asked.text("conceptMapVersion")
            if found is None or (version and version != found.get("version")):
                raise HubError(Category.NOT_FOUND, Issue("HUB-4404", args={"kind": "ConceptMap"}))
            return [found]
        ends = (("source", asked.text("source")), ("target", asked.text("target")))
        official = [terminology.definition("ConceptMap", head.url) or {} for head in terminology.shipped("ConceptMap")]
        return [
            each
            for each in [*self._adapters.values(), *official]
            if all(not wanted or wanted in (each.get(f"{end}Uri"), each.get(f"{end}Canonical")) for end, wanted in ends)
        ]

    @cached_property
    def _adapters(self) -> dict[str, dict[str, Any]]:
        found = [concept_map(adapter) for adapter in self.site.hub.adapters.values()]
        return {each["url"]: each for each in found}


def _codes(asked: Given, version: str) -> list[Code]:
    """The codes asked about: of a CodeableConcept each. INCORRECT for none."""
    listed = asked.codings("codeableConcept")
    codes = [_of_coding(each, version) for each in listed if each.get("code")] or [_code(asked, version)]
    if not all(code.code for code in codes):
        raise _missing("code", "coding", "codeableConcept")
    return codes


def _code(asked: Given, version: str) -> Code:
    coding = asked.coding("coding")
    if coding:
        return _of_coding(coding, version)
    return Code(asked.text("system"), asked.text("code"), asked.text("display"), version)


def _of_coding(coding: dict[str, str], version: str) -> Code:
    return Code(
        coding.get("system", ""), coding.get("code", ""), coding.get("display", ""), coding.get("version", version)
    )


def _missing(*names: str) -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-4402", args={"names": ", ".join(names)}))
