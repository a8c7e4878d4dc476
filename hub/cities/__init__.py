"""The city this hub serves, as data: nothing else in the program names it (docs/another-city.md)."""

from hub.cities.folder import Area, City, areas, city, read_areas, read_city
from hub.cities.words import of_city

__all__ = ["Area", "City", "areas", "city", "of_city", "read_areas", "read_city"]
