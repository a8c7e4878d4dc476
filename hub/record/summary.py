"""A patient's resources, from every facility that shared them, as one summary in plain words."""

from collections.abc import Iterable, Mapping, Sequence

from hub.fhir.systems import BPJS, ICD10, NIK
from hub.record import words
from hub.record.authors import author
from hub.record.dates import city_day, in_words
from hub.record.elements import (
    Resource,
    clinical_day,
    code_of,
    first_code,
    human_name,
    is_retracted,
    said,
    shown,
)
from hub.record.lines import Lang, Line, Person, Summary, Updated
from hub.record.measures import latest, vital_signs_and_results
from hub.record.medicines import medicine
from hub.record.visits import visits


def summary(resources: Sequence[Resource], facilities: Mapping[str, str], lang: Lang = "id") -> Summary:
    """Assemble the record.

    `resources`: all the patient's own R4 resources (several Patient resources when several facilities know the
    person). `facilities`: facility id to display name. Retracted records are left out. No order of input matters.
    """
    kept = sorted((r for r in resources if not is_retracted(r)), key=_order)
    of_type: dict[str, list[Resource]] = {}
    for resource in kept:
        of_type.setdefault(resource["resourceType"], []).append(resource)
    where = {id(r): facilities.get(author(r, facilities), "") for r in kept}

    def collected(*types: str) -> tuple[Line, ...]:
        found = [r for t in types for r in of_type.get(t, ())]
        return _collect([(_line(r, of_type, lang), where[id(r)]) for r in found], lang)

    vitals, results = vital_signs_and_results(of_type.get("Observation", []))
    return Summary(
        lang=lang,
        person=_person(of_type.get("Patient", []), lang),
        allergies=collected("AllergyIntolerance"),
        medicines=collected("MedicationRequest", "MedicationStatement"),
        diagnoses=collected("Condition"),
        immunizations=collected("Immunization"),
        vitals=latest(vitals, where, lang),
        results=latest(results, where, lang),
        visits=visits(of_type, where, lang),
        updated=_updated(kept, where, lang),
    )


def primary_patient(patients: Iterable[Resource]) -> Resource:
    """The Patient resource that speaks for the person: the newest that has a name; {} for none."""
    return max(patients, key=lambda patient: (bool(human_name(patient)), _order(patient)), default={})


def identifier(patients: Iterable[Resource], system: str) -> str:
    """The value of the first identifier of this system; "" for none."""
    for patient in patients:
        for entry in patient.get("identifier", ()):
            if entry.get("system") == system:
                return str(entry.get("value", ""))
    return ""


def _order(resource: Resource) -> tuple[str, str]:
    return resource.get("meta", {}).get("lastUpdated", ""), resource.get("id", "")


def _person(patients: Sequence[Resource], lang: Lang) -> Person:
    chosen = primary_patient(patients)
    birth = next((p["birthDate"] for p in [chosen, *patients] if p.get("birthDate")), "")
    sex = next((p["gender"] for p in [chosen, *patients] if p.get("gender")), "")
    return Person(
        name=human_name(chosen) or words.word("text", "unnamed", lang),
        birth=in_words(birth, lang) if birth else "",
        sex=words.word("sex", sex, lang),
        nik=identifier(patients, NIK),
        bpjs=identifier(patients, BPJS),
    )


def _line(resource: Resource, of_type: Mapping[str, list[Resource]], lang: Lang) -> Line:
    kind = resource["resourceType"]
    day = clinical_day(resource)
    if kind in {"MedicationRequest", "MedicationStatement"}:
        doses = resource.get("dosageInstruction") or resource.get("dosage") or []
        text = "; ".join(words.dosage(d.get("patientInstruction") or d["text"], lang) for d in doses if d.get("text"))
        concept = resource.get("medicationCodeableConcept")
        return Line(medicine(resource, of_type), text, first_code(concept), last=day)
    if kind == "AllergyIntolerance":
        reactions = [said(m, lang) for r in resource.get("reaction", ()) for m in r.get("manifestation", ())]
        danger = words.word("criticality", resource.get("criticality", ""), lang)
        return Line(said(resource.get("code"), lang), ", ".join(r for r in reactions if r), status=danger, last=day)
    if kind == "Immunization":
        concept = resource.get("vaccineCode")
        return Line(shown(concept), code=first_code(concept), last=day)
    concept = resource.get("code")
    code = code_of(concept, ICD10) or first_code(concept)
    plain, written = words.diagnosis(code, lang), shown(concept)
    status = words.word("clinical", first_code(resource.get("clinicalStatus")), lang)
    return Line(plain or written, written if plain and written != code else "", code, status, last=day)


def _collect(found: Sequence[tuple[Line, str]], lang: Lang) -> tuple[Line, ...]:
    """The same thing recorded often is one line: its newest wording, how often, where."""
    groups: dict[str, list[tuple[Line, str]]] = {}
    for line, facility in found:
        if line.title:
            groups.setdefault(line.title.casefold(), []).append((line, facility))
    lines = []
    for group in groups.values():
        newest = max((line for line, _ in group), key=lambda line: line.last)
        places = tuple(sorted({facility for _, facility in group if facility}))
        lines.append(
            Line(
                title=newest.title,
                detail=newest.detail,
                code=newest.code,
                status=newest.status,
                last=newest.last,
                last_text=in_words(newest.last, lang),
                facilities=places,
                times=len(group),
            )
        )
    return tuple(
        sorted(sorted(lines, key=lambda line: line.title.casefold()), key=lambda line: line.last, reverse=True)
    )


def _updated(resources: Sequence[Resource], where: Mapping[int, str], lang: Lang) -> tuple[Updated, ...]:
    newest: dict[str, str] = {}
    for resource in resources:
        at, facility = resource.get("meta", {}).get("lastUpdated", ""), where[id(resource)]
        if facility and at > newest.get(facility, ""):
            newest[facility] = at
    ordered = sorted(newest.items(), key=lambda item: item[1], reverse=True)
    return tuple(Updated(facility, at, in_words(city_day(at), lang)) for facility, at in ordered)
