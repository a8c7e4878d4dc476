"""A facility's settings, changed by its staff: audited first, then registered."""

from dataclasses import replace

from hub.access.trace import audit
from hub.errors import Category, HubError
from hub.mapping import Adapter
from hub.model import AuditEntry, Facility, Issue, Principal
from hub.parts import Hub
from hub.upkeep.registering import register_facility


def known_facility(hub: Hub, name: str) -> Facility:
    """The facility with this id. NOT_FOUND otherwise."""
    found = hub.facilities.get(name)
    if found is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3105"))
    return found


def adapter_of(hub: Hub, facility: Facility) -> Adapter:
    """The adapter that reads this facility's files. HUB-3104 when it is not installed."""
    found = hub.adapters.get(facility.adapter)
    if found is None:
        names = ", ".join(hub.adapters)
        raise HubError(Category.NOT_FOUND, Issue("HUB-3104", args={"adapter": facility.adapter, "known": names}))
    return found


def change_setting(
    hub: Hub, who: Principal, facility: str, name: str, value: str, event: str, details: dict[str, str]
) -> Facility:
    """Set (or with "" remove) one setting; `details` goes into the audit and holds no text of the sender's."""
    known = known_facility(hub, facility)
    settings = {key: text for key, text in {**known.settings, name: value}.items() if key != name or text}
    audit(
        hub,
        AuditEntry(
            at_ms=hub.clock(),
            event=event,
            action="U",
            outcome="permit",
            subject=who.subject,
            role=who.role,
            facility=facility,
            purpose=who.purpose,
            request_id=who.request_id,
            is_person=who.person is not None,
            details=details,
        ),
    )
    return register_facility(hub, replace(known, settings=settings))
