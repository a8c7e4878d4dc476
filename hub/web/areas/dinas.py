"""/dinas: the health office sees the city in numbers."""

from hub.web.areas import Table

TABLE: Table = ()
