"""The facilities as people may see and choose them: without the hub's own place for what patients say."""

from hub.model import Facility
from hub.parts import SELF, Hub


def facilities(hub: Hub) -> list[Facility]:
    """By name."""
    return sorted((f for f in hub.facilities.values() if f.id != SELF), key=lambda facility: facility.name)


def names(hub: Hub) -> dict[str, str]:
    """Facility id to display name."""
    return {facility.id: facility.name for facility in facilities(hub)}


def own_place(hub: Hub) -> str:
    """The name of the hub's own place for what patients say, as their access log shows it."""
    own = hub.facilities.get(SELF)
    return own.name if own else ""
