"""An audit entry as one line of the patient's page "who looked at my record"."""

from collections.abc import Iterable, Mapping

from hub.audit.events import event_text
from hub.audit.words import REASONS, RECORDS, printable, word
from hub.model import AuditEntry, Seen


def seen_of(entry: AuditEntry, facilities: Mapping[str, str], lang: str = "id") -> Seen:
    """The line in `lang` ("id" or "en"). `facilities`: names by facility id.

    `facility`, `what` and `reason` are words; `role`, `purpose`, `event` and `outcome` stay codes, to filter by
    (`words` holds their texts). No id of a record and no query is shown.
    """
    return Seen(
        at_ms=entry.at_ms,
        facility=printable(facilities.get(entry.facility, entry.facility)),
        role=entry.role,
        purpose=entry.purpose,
        event=entry.event,
        outcome=entry.outcome,
        what=_what(entry, lang),
        reason=printable(word(REASONS, entry.reason, lang)),
        is_person=entry.is_person,
    )


def divided(lines: Iterable[Seen]) -> tuple[list[Seen], list[Seen]]:
    """(people's looks, automatic processing), each in the order given."""
    people: list[Seen] = []
    automatic: list[Seen] = []
    for line in lines:
        (people if line.is_person else automatic).append(line)
    return people, automatic


def _what(entry: AuditEntry, lang: str) -> str:
    parts = [printable(event_text(entry.event, lang))]
    kind = entry.resource.partition("/")[0]
    if kind:
        parts.append(f": {printable(word(RECORDS, kind, lang))}")
    if entry.count > 1:
        parts.append(f" ({entry.count} {'records' if lang == 'en' else 'catatan'})")
    return "".join(parts)
