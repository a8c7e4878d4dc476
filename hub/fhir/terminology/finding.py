"""What is asked about, or the refusal: 404 for what nobody knows, 422 for what exists but is not shipped here."""

from hub.errors import Category, HubError
from hub.fhir import systems
from hub.fhir.terminology.code_system import CodeSystem, Concept
from hub.fhir.terminology.expansion import Expansion, Unknown
from hub.fhir.terminology.library import code_system, expansion
from hub.fhir.terminology.shelf import Definition, definition
from hub.model import Issue

NOT_SHIPPED = frozenset(
    {
        systems.ATC,
        systems.CVX,
        systems.KFA,
        systems.KPTL,
        systems.LOINC,
        systems.SNOMED,
        systems.UCUM,
        "http://dicom.nema.org/resources/ontology/DCM",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-11",
        "http://hl7.org/fhir/sid/ndc",
        "http://id.who.int/icd/release/11/mms",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "urn:ietf:bcp:13",
        "urn:ietf:bcp:47",
        "urn:iso:std:iso:3166",
        "urn:iso:std:iso:4217",
    }
)
"""Code systems that everybody uses and whose codes the hub can't tell right from wrong."""


def system_of(url: str, version: str = "") -> CodeSystem:
    """The code system with this address. NOT_FOUND; UNPROCESSABLE for one that is not shipped."""
    found = code_system(f"{url}|{version}" if version else url)
    if found is None:
        if url.partition("|")[0] in NOT_SHIPPED:
            raise HubError(Category.UNPROCESSABLE, Issue("HUB-4405", args={"system": url}))
        raise HubError(Category.NOT_FOUND, Issue("HUB-4404", args={"kind": "CodeSystem"}))
    return found


def concept_of(system: CodeSystem, code: str) -> Concept:
    """The concept with this code. NOT_FOUND; UNPROCESSABLE where only a part of the system is shipped."""
    found = known(system, code)
    if found is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4403", args={"system": system.url}))
    return found


def known(system: CodeSystem, code: str) -> Concept | None:
    """The concept with this code, None when there is no such code. UNPROCESSABLE when that can't be told."""
    found = system.concepts.get(code)
    if found is None and not system.is_complete:
        args = {"system": system.url, "count": str(len(system.concepts))}
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-4406", args=args))
    return found


def value_set_of(url: str, version: str = "") -> tuple[Definition, Expansion]:
    """The value set with this address and its codes. NOT_FOUND; UNPROCESSABLE when it can't be expanded."""
    address = f"{url}|{version}" if version else url
    found, codes = definition("ValueSet", address), expansion(address)
    if found is None or codes is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4404", args={"kind": "ValueSet"}))
    if isinstance(codes, Unknown):
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-4407", args={"what": codes.what}))
    return found, codes
