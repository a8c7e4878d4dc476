"""A facility's own headers: what a person has confirmed a header to mean, kept in the setting `columns`."""

from collections import Counter
from collections.abc import Iterable, Mapping

from hub.errors import Category, HubError
from hub.mapping import Column
from hub.mapping.context import pairs
from hub.mapping.readers.header import IGNORED, plain
from hub.model import Facility, Issue, Principal
from hub.parts import Hub
from hub.upkeep.registering import refresh_facilities
from hub.upkeep.settings import adapter_of, change_setting, known_facility

LONGEST_HEADER = 120
MOST = 300
"""Headers one facility may have confirmed."""


def confirmed_columns(hub: Hub, facility: str) -> dict[str, str]:
    """Header to column, in the order they were confirmed."""
    return pairs(known_facility(hub, facility).settings.get("columns", ""))


def columns_of(hub: Hub, facility: str) -> tuple[Column, ...]:
    """Every column a header may mean, those taken and those ignored on purpose, in the adapter's order."""
    adapter = adapter_of(hub, known_facility(hub, facility))
    return (*adapter.manifest.columns, *adapter.manifest.ignored)


def confirm_columns(hub: Hub, who: Principal, facility: str, chosen: Mapping[str, str]) -> Facility:
    """A person says what headers mean (header to column, IGNORED for one never to be taken); it holds for every file
    from now on, beside what was confirmed before. HUB-2022 for a header that can't be kept, HUB-2023 for an unknown
    column, HUB-2024 for two headers of one column, HUB-2025 for too many."""
    refresh_facilities(hub)
    names = {column.name for column in columns_of(hub, facility)} | {IGNORED}
    twice = {column for column, number in Counter(chosen.values()).items() if number > 1} - {IGNORED}
    issues = [Issue("HUB-2022", column=header[:40]) for header in chosen if not _can_be_kept(header)]
    issues += [Issue("HUB-2023", column=column[:40]) for column in chosen.values() if column not in names]
    issues += [Issue("HUB-2024", column=column[:40]) for column in sorted(twice)]
    merged = {
        header: column
        for header, column in confirmed_columns(hub, facility).items()
        if plain(header) not in {plain(new) for new in chosen}
    } | dict(chosen)
    if len(merged) > MOST:
        issues.append(Issue("HUB-2025", args={"limit": str(MOST)}))
    if issues:
        raise HubError(Category.INCORRECT, *issues)
    return _keep(hub, who, facility, merged, chosen.values())


def forget_column(hub: Hub, who: Principal, facility: str, header: str) -> Facility:
    """Take back what a header was confirmed to mean; HUB-2026 when it was not."""
    refresh_facilities(hub)
    known = confirmed_columns(hub, facility)
    if header not in known:
        raise HubError(Category.NOT_FOUND, Issue("HUB-2026"))
    left = {name: column for name, column in known.items() if name != header}
    return _keep(hub, who, facility, left, [known[header]])


def _can_be_kept(header: str) -> bool:
    """What the setting's form "Header=column; …" can hold and a reader would find again."""
    return bool(plain(header)) and len(header) <= LONGEST_HEADER and not set(header) & set("=;\r\n")


def _keep(hub: Hub, who: Principal, facility: str, columns: Mapping[str, str], changed: Iterable[str]) -> Facility:
    """Only our own names of columns go into the audit: a header is the sender's text."""
    value = "; ".join(f"{header}={column}" for header, column in columns.items())
    details = {"columns": ", ".join(sorted(changed))[:500]}
    return change_setting(hub, who, facility, "columns", value, "facility.columns", details)
