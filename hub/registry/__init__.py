"""Facilities and the city's areas."""

from hub.registry.areas import Area, areas, kecamatan, resolve_kelurahan
from hub.registry.facilities import KINDS, SENSITIVITIES, check_facility, from_dict, to_dict

__all__ = [
    "KINDS",
    "SENSITIVITIES",
    "Area",
    "areas",
    "check_facility",
    "from_dict",
    "kecamatan",
    "resolve_kelurahan",
    "to_dict",
]
