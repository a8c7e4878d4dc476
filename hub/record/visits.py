"""Encounters with what was found and done in them, by facility."""

from collections.abc import Iterable, Mapping

from hub.fhir.systems import ICD9CM, ICD10, LOINC
from hub.record import measures, words
from hub.record.dates import city_moment, in_words, time_in_words
from hub.record.elements import Resource, clinical_day, clinical_moment, code_of, human_name, said, shown
from hub.record.lines import FacilityVisits, Lang, Moment, Visit
from hub.record.medicines import medicine

_COMPLAINT = {"10154-3", "8661-1", "46239-0"}
"""LOINC chief complaint and reason for visit, where a facility sends the complaint as an Observation."""
_STAYS = {"IMP", "ACUTE", "NONAC", "OBSENC"}


def visits(of_type: Mapping[str, list[Resource]], where: Mapping[int, str], lang: Lang) -> tuple[FacilityVisits, ...]:
    """Every visit, newest first, under its facility; the facility visited last comes first."""
    inside: dict[str, list[Resource]] = {}
    for name, resources in of_type.items():
        if name in {"Condition", "Procedure", "MedicationRequest", "Observation"}:
            for resource in resources:
                inside.setdefault(resource.get("encounter", {}).get("reference", ""), []).append(resource)
    names = {f"Practitioner/{p.get('id')}": human_name(p) for p in of_type.get("Practitioner", ())}
    by_facility: dict[str, list[Visit]] = {}
    for encounter in of_type.get("Encounter", ()):
        place = where[id(encounter)] or encounter.get("serviceProvider", {}).get("display", "")
        found = inside.get(f"Encounter/{encounter.get('id')}", [])
        by_facility.setdefault(place or words.word("text", "unknown_facility", lang), []).append(
            _visit(encounter, found, names, of_type, lang)
        )
    listed = []
    for facility, found_visits in by_facility.items():
        found_visits.sort(key=lambda v: v.day, reverse=True)
        listed.append(FacilityVisits(facility, tuple(found_visits)))
    listed.sort(key=lambda f: f.facility)
    listed.sort(key=lambda f: f.visits[0].day, reverse=True)
    return tuple(listed)


def _visit(
    encounter: Resource,
    inside: list[Resource],
    names: Mapping[str, str],
    of_type: Mapping[str, list[Resource]],
    lang: Lang,
) -> Visit:
    def of(kind: str) -> Iterable[Resource]:
        return (r for r in inside if r["resourceType"] == kind)

    day = clinical_day(encounter)
    complaints = [shown(c) for c in encounter.get("reasonCode", ())]
    readings: dict[str, list[str]] = {}
    for resource in of("Observation"):
        if code_of(resource.get("code"), LOINC) in _COMPLAINT:
            complaints.append(resource.get("valueString", ""))
        elif text := measures.value(resource, lang):
            readings.setdefault(clinical_moment(resource), []).append(f"{measures.title(resource, lang)}: {text}")
    times = _times(readings)
    return Visit(
        day=day,
        day_text=in_words(day, lang),
        kind=words.word("class", encounter.get("class", {}).get("code", ""), lang),
        service=said(encounter.get("serviceType"), lang),
        complaint=", ".join(c for c in complaints if c),
        practitioners=_once(_participants(encounter, names)),
        diagnoses=_once(_diagnosis(r, lang) for r in of("Condition")),
        procedures=_once(_procedure(r, lang) for r in of("Procedure")),
        medicines=_once(_medicine(r, of_type, lang) for r in of("MedicationRequest")),
        measures=_once(text for at in sorted(readings) for text in readings[at]) if len(times) < 2 else (),
        moments=tuple(Moment(time_in_words(at, lang), _once(readings[at])) for at in times) if len(times) > 1 else (),
        ended=_ended(encounter, lang),
    )


def _times(readings: Mapping[str, list[str]]) -> list[str]:
    """The times of a visit at which something was measured; a bare day beside one time of that day is no other."""
    timed = [at for at in readings if "T" in at]
    days = {at[:10] for at in readings}
    return sorted(readings) if len(timed) > 1 or len(days) > 1 else sorted(readings)[-1:]


def _ended(encounter: Resource, lang: Lang) -> str:
    """When and how a stay in hospital ended, or that it goes on; "" for other visits."""
    if encounter.get("class", {}).get("code") not in _STAYS:
        return ""
    if encounter.get("status") == "in-progress":
        return words.word("text", "still_in", lang)
    end = city_moment(encounter.get("period", {}).get("end"))
    how = said(encounter.get("hospitalization", {}).get("dischargeDisposition"), lang)
    told = words.word("text", "discharged", lang).format(at=time_in_words(end, lang)) if end else ""
    return f"{told} ({how})" if told and how else told or how


def _participants(encounter: Resource, names: Mapping[str, str]) -> Iterable[str]:
    for participant in encounter.get("participant", ()):
        individual = participant.get("individual", {})
        yield individual.get("display") or names.get(individual.get("reference", ""), "")


def _diagnosis(resource: Resource, lang: Lang) -> str:
    code = code_of(resource.get("code"), ICD10)
    plain = words.diagnosis(code, lang)
    return f"{plain} ({code})" if plain else shown(resource.get("code"))


def _procedure(resource: Resource, lang: Lang) -> str:
    return words.procedure(code_of(resource.get("code"), ICD9CM), lang) or shown(resource.get("code"))


def _medicine(resource: Resource, of_type: Mapping[str, list[Resource]], lang: Lang) -> str:
    name = medicine(resource, of_type)
    doses = [words.dosage(d["text"], lang) for d in resource.get("dosageInstruction", ()) if d.get("text")]
    return ", ".join([name, *doses]) if name else ""


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    """Without blanks and repetitions, in order."""
    return tuple(dict.fromkeys(t for t in texts if t))
