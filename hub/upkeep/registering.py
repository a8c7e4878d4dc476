"""Make a facility and its client systems known. A facility's own compartment and key exist before its first record."""

from dataclasses import replace

from hub.model import Client, Facility
from hub.parts import Hub
from hub.pipeline.place import facility_compartment
from hub.store import CompartmentRow
from hub.validation import require_setting


def refresh_facilities(hub: Hub) -> None:
    """Read the registry into the hub: another process (`hub facility add`) may have changed it."""
    with hub.store.reading() as tx:
        found = tx.facilities()
    hub.facilities.update({facility.id: facility for facility in found})
    hub.numbers.update({facility.number: facility for facility in found})


def register_facility(hub: Hub, facility: Facility, clients: tuple[Client, ...] = ()) -> Facility:
    """Add a facility, or change the one with this id (its number stays). Returns it with its number.

    INCORRECT when its setting `profiles` is none we know.
    """
    require_setting(facility.settings.get("profiles", ""))
    known = hub.facilities.get(facility.id)
    number = known.number if known is not None else max(hub.numbers, default=0) + 1
    facility = replace(facility, number=number)
    compartment = facility_compartment(hub, number)
    hub.keyring.create([compartment])
    with hub.store.writing() as tx:
        tx.set_facility(facility)
        if compartment not in tx.compartments([compartment]):
            tx.add_compartments([CompartmentRow(compartment, number, 1, hub.clock())])
        for client in clients:
            tx.set_client(client)
    hub.facilities[facility.id] = facility
    hub.numbers[number] = facility
    return facility
