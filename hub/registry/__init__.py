"""Facilities and the city's areas."""

from hub.cities import Area, City, areas, city
from hub.model import FACILITY_KINDS as KINDS
from hub.registry.facilities import SENSITIVITIES, check_facility, from_dict, to_dict
from hub.registry.kelurahan import kecamatan, resolve_kelurahan

__all__ = [
    "KINDS",
    "SENSITIVITIES",
    "Area",
    "City",
    "areas",
    "check_facility",
    "city",
    "from_dict",
    "kecamatan",
    "resolve_kelurahan",
    "to_dict",
]
