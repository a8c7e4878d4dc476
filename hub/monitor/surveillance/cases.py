"""From diagnoses to cases: one person's diagnoses of one disease that follow each other closely are one case."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from hub.monitor.surveillance.diseases import Settings


class Seen(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A diagnosis of a disease under surveillance. `person`: a pseudonym; `day`: days since 1970-01-01; `area`: as in a
    fact ("-" outside the city, "" unknown); `case`: new, existing or ""."""

    person: int
    disease: str
    day: int
    facility: int
    area: str
    band: str
    sex: str
    case: str = ""


class Case(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A case: where and when it was first seen, by which facility. `people`: the pseudonyms of its person that were
    seen, for the trail of who looked."""

    day: int
    disease: str
    area: str
    facility: int
    band: str
    sex: str
    people: tuple[int, ...]


def episodes(seen: Iterable[Seen], settings: Settings, persons: Mapping[int, int]) -> list[Case]:
    """The cases, by day. `persons`: pseudonyms that are one person, to one of them (absent: themselves).

    A diagnosis that the source calls an existing case begins no case, unless the disease is to be notified at once:
    then whoever first reports it does. A case has the first known address of its diagnoses.
    """
    by_person: defaultdict[tuple[int, str], list[Seen]] = defaultdict(list)
    for one in seen:
        by_person[persons.get(one.person, one.person), one.disease].append(one)
    found: list[Case] = []
    for (_, code), diagnoses in by_person.items():
        disease = settings.get(code)
        if disease is not None:
            diagnoses.sort(key=lambda each: (each.day, each.case == "existing", each))
            groups = _groups(diagnoses, disease.episode_days)
            found += [_case(group) for group in groups if disease.is_immediate or _is_new(group)]
    return sorted(found)


def _is_new(group: list[Seen]) -> bool:
    return any(each.case != "existing" for each in group)


def _groups(diagnoses: list[Seen], days: int) -> Iterable[list[Seen]]:
    group: list[Seen] = []
    for one in diagnoses:
        if group and one.day - group[-1].day >= days:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _case(group: list[Seen]) -> Case:
    first = group[0]
    area = next((each.area for each in group if each.area), "")
    people = tuple(sorted({each.person for each in group}))
    return Case(first.day, first.disease, area, first.facility, first.band, first.sex, people)
