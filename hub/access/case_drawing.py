"""Drawing the records of a case review, and what of a record it may show.

Consent: docs/privacy.md, "Case review".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from hub.access.case_files import Drawn, File, keyed
from hub.access.opening import open_resources
from hub.access.tags import read_labels, tag_aad
from hub.errors import Category, HubError
from hub.fhir import type_name, type_number
from hub.fhir.systems import LOINC
from hub.model import ORDINARY, DayRange, Issue, Key, Labels, Reach, Row, Selection
from hub.monitor.question import days_of, is_asked, read_codes
from hub.parts import Hub
from hub.store import CaseReviewRow, ReadTx

_PAGE, _MOST = 500, 20_000
"""Diagnoses of a facility's months that are looked through at once, and at most."""
_ROUTINE = frozenset({(LOINC, "11331-6")})
"""What every adult is asked at a puskesmas: whether he drinks alcohol."""
_ROUTINE_LABELS = Labels("R", frozenset({"ETH"}))


def draw(hub: Hub, row: CaseReviewRow, file: File) -> tuple[Drawn, ...]:
    """The case's records, chosen by the hub: in an order that the case's key decides, none of a person with anything
    in this facility's record that is sensitive or not understood (see `shown_rows`).

    HUB-4356 (too large) when the question covers more diagnoses than can be looked through.
    """
    author = hub.facilities[row.facility].number
    with hub.store.reading() as tx:
        days = _asked_days(hub, tx, author, file)
        persons = _persons(tx, author, days)
        labels = labels_of(hub, tx, {home for homes in persons for home in homes})
        persons.sort(key=lambda homes: keyed(file, "draw", homes[0]))
        eligible = (homes for homes in persons if shown_rows(hub, tx, homes, labels))
        chosen = list(islice(eligible, file.question.most))
    named = sorted((keyed(file, "name", homes[0]).hex()[:10], homes) for homes in chosen)
    drawn = [
        Drawn(number, f"{name[:5]}-{name[5:]}".upper(), homes, min(days[home] for home in homes if home in days))
        for number, (name, homes) in enumerate(named, 1)
    ]
    return tuple(drawn)


def shown_rows(hub: Hub, tx: ReadTx, homes: Collection[int], labels: Mapping[tuple[int, int], Labels]) -> list[Row]:
    """The rows of a person's record at a facility that a case may show; none when anything in it, now or ever before,
    is sensitive or not understood.

    One exception: the answer to a question that everybody is asked (_ROUTINE) is labelled whatever the answer is, so
    that its being there tells nothing of the person. It is left out itself, the person is not.
    """
    found = [each for (compartment, _), each in labels.items() if compartment in homes]
    if any(each not in (ORDINARY, _ROUTINE_LABELS) for each in found):
        return []
    shown: list[Row] = []
    apart: list[Row] = []
    for each in tx.everything(homes):
        is_ordinary = labels.get((each.compartment, each.tag)) == ORDINARY
        (shown if is_ordinary else apart).append(each)
    asked = [each for each in apart if type_name(each.type) != "Provenance"]
    answers = open_resources(hub, asked)
    return shown if len(answers) == len(asked) and all(map(_is_routine, answers.values())) else []


def labels_of(hub: Hub, tx: ReadTx, homes: Collection[int]) -> dict[tuple[int, int], Labels]:
    """By compartment and tag what is, or once was, written on the records."""
    return {
        (each.compartment, each.tag): read_labels(hub.boxes.tag.open(each.body, tag_aad(each.compartment)))
        for each in tx.tags(homes)
    }


def _is_routine(resource: Mapping[str, Any]) -> bool:
    codings = resource.get("code", {}).get("coding", ())
    asked = {(each.get("system"), each.get("code")) for each in codings}
    return resource["resourceType"] == "Observation" and bool(asked) and asked <= _ROUTINE


def _asked_days(hub: Hub, tx: ReadTx, author: int, file: File) -> dict[int, int]:
    """The compartments of a facility with a diagnosis that is asked for, and the first day of it."""
    ranges = read_codes(file.question.codes)
    span = DayRange("eq", *days_of(file.question.first, file.question.last))
    wanted = Selection(
        type_number("Condition"), (Reach(author, None, None),), days=((span,),), limit=_PAGE, is_counted=False
    )
    found: dict[int, int] = {}
    seen = 0
    while True:
        page = tx.select(wanted)
        seen += len(page.rows)
        if seen > _MOST:
            raise HubError(Category.TOO_LARGE, Issue("HUB-4356", args={"most": str(_MOST)}))
        at = {Key(each.compartment, each.rid): each.day for each in page.rows}
        for key, condition in open_resources(hub, page.rows).items():
            if is_asked(ranges, condition):
                found[key.compartment] = min(at[key], found.get(key.compartment, at[key]))
        if page.after is None:
            return found
        wanted = replace(wanted, after=page.after)


def _persons(tx: ReadTx, author: int, days: dict[int, int]) -> list[tuple[int, ...]]:
    """The facility's own compartments of each person who has one of these; a person counts once."""
    links: defaultdict[int, set[int]] = defaultdict(set)
    left, found = set(days), []
    for link in tx.links(days):
        if link.judgement == "positive":
            links[link.compartment].add(link.other)
            links[link.other].add(link.compartment)
    while left:
        one = min(left)
        person = tx.person([one]) if one in links else {one}
        homes = tuple(
            sorted(home for home, each in tx.compartments(person).items() if each.author == author and each.kind == 0)
        )
        left -= {one, *homes}
        if homes:
            found.append(homes)
    return found
