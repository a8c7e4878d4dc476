"""The patient's record as a FHIR document: a Bundle whose first entry is a Composition
(https://www.hl7.org/fhir/R4/documents.html), sectioned like an International Patient Summary."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from hub.clock import instant
from hub.fhir import references
from hub.fhir.systems import LOINC
from hub.record.elements import Resource, is_retracted
from hub.record.lines import Lang
from hub.record.narrative import narratives, paragraph
from hub.record.sections import SECTIONS, section_of
from hub.record.summary import primary_patient, summary
from hub.record.words import word

_LEFT_OUT = {"Provenance", "Consent", "AuditEvent", "Composition", "Bundle", "Patient"}
_SUPPORTING = {"Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Device", "Substance"}


def document(
    resources: Sequence[Resource], facilities: Mapping[str, str], made_ms: int, lang: Lang = "id", notice: str = ""
) -> Resource:
    """A Bundle of type document: Composition, one Patient, and everything clinical of `resources`.

    The Patient resources of several facilities become one (the newest, with the identifiers of all), and every
    reference names an entry of the bundle; a reference to something outside keeps only its words. Narratives are
    written anew from the data. `made_ms`: epoch ms. `notice`: what a reader has to know of the whole. The input is not
    changed.
    """
    kept = [r for r in resources if not is_retracted(r)]
    patients = [r for r in kept if r["resourceType"] == "Patient"]
    clinical = [r for r in kept if r["resourceType"] not in _LEFT_OUT | _SUPPORTING]
    patient = _one_patient(patients)
    included = [patient, *clinical, *_reached(clinical, [r for r in kept if r["resourceType"] in _SUPPORTING])]
    urls = {_local(r): _urn(_local(r)) for r in included}
    urls |= {_local(p): urls[_local(patient)] for p in patients}
    entries = [_entry(r, urls, lang) for r in included]
    device = _entry(_device(), {"Device/jukung": _urn("Device/jukung")}, lang)
    composition = {
        "resourceType": "Composition",
        "id": str(uuid5(NAMESPACE_URL, f"jukung/composition/{_local(patient)}/{made_ms}")),
        "language": lang,
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": {"reference": urls[_local(patient)]},
        "date": instant(made_ms),
        "author": [{"reference": device["fullUrl"]}],
        "title": word("heading", "title", lang),
        "section": _sections(clinical, urls, narratives(summary(kept, facilities, lang))),
    }
    if notice:
        composition["text"] = {"status": "generated", "div": paragraph(notice)}
    urn = _urn(f"Composition/{composition['id']}")
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": _urn(f"Bundle/{composition['id']}")},
        "timestamp": instant(made_ms),
        "entry": [{"fullUrl": urn, "resource": composition}, entries[0], device, *entries[1:]],
    }


def _one_patient(patients: Sequence[Resource]) -> Resource:
    chosen = copy.deepcopy(primary_patient(patients)) or {"resourceType": "Patient", "id": "unknown"}
    chosen.pop("link", None)
    seen: dict[tuple[str, str], Resource] = {}
    for patient in [chosen, *patients]:
        for identifier in patient.get("identifier", ()):
            seen.setdefault((identifier.get("system", ""), identifier.get("value", "")), identifier)
    if seen:
        chosen["identifier"] = copy.deepcopy(list(seen.values()))
    return chosen


def _reached(clinical: Iterable[Resource], supporting: Sequence[Resource]) -> list[Resource]:
    """The supporting resources that the clinical ones reach, directly or through one another."""
    by_name = {_local(r): r for r in supporting}
    reached: dict[str, Resource] = {}
    waiting = list(clinical)
    while waiting:
        for _, reference in references(waiting.pop()):
            name = _without_version(reference)
            if name in by_name and name not in reached:
                reached[name] = by_name[name]
                waiting.append(by_name[name])
    return list(reached.values())


def _entry(resource: Resource, urls: Mapping[str, str], lang: Lang) -> Resource:
    own = copy.deepcopy(resource)
    own.pop("text", None)
    for holder, reference in list(references(own)):
        target = urls.get(_without_version(reference))
        if target:
            holder["reference"] = target
        elif not reference.startswith("#"):
            del holder["reference"]
            if "identifier" not in holder and "display" not in holder:
                holder["display"] = word("text", "left_out", lang)
    return {"fullUrl": urls[_local(resource)], "resource": own}


def _sections(clinical: Sequence[Resource], urls: Mapping[str, str], texts: Mapping[str, str]) -> list[Resource]:
    inside: dict[str, list[Resource]] = {}
    for resource in clinical:
        inside.setdefault(section_of(resource), []).append({"reference": urls[_local(resource)]})
    written = []
    for section in SECTIONS:
        entries = inside.get(section.key)
        if not entries and not section.is_required:
            continue
        one: Resource = {
            "title": section.title(texts),
            "code": {"coding": [{"system": LOINC, "code": section.code, "display": section.display}]},
            "text": {"status": "generated", "div": texts[section.key]},
        }
        if entries:
            one["entry"] = entries
        else:
            one["emptyReason"] = {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "unavailable"}]
            }
        written.append(one)
    return written


def _device() -> Resource:
    names = [{"name": "Jukung", "type": "user-friendly-name"}]
    return {"resourceType": "Device", "id": "jukung", "deviceName": names}


def _local(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource.get('id', '')}"


def _without_version(reference: str) -> str:
    return reference.split("/_history/", 1)[0]


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, 'jukung/' + name)}"
