"""The codes of the city's kelurahan, which every adapter knows without holding them: they come with the city's folder.

Two kinds: `kelurahan` by its name alone ("Mawar", "Kel. Mawar"; only names that one kelurahan has), and
`kelurahan-kecamatan` by both ("Mawar Kota Tengah", "Mawar kec Kota Tengah", "Mawar Tengah"), for programs that keep
addresses of the whole country.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache

from hub.cities import Area, areas, city
from hub.fhir.systems import ADMINISTRATIVE_CODE
from hub.mapping.codes import Coding, normalised

PLAIN, WITH_DISTRICT = "kelurahan", "kelurahan-kecamatan"


@cache
def places() -> dict[tuple[str, str], Coding]:
    """(kind, normalised text) to the Kemendagri code of the kelurahan meant; never two kelurahan under one text."""
    written = [
        ((kind, normalised(text)), Coding(ADMINISTRATIVE_CODE, area.code, area.name))
        for area in areas()
        for kind, text in _written(area)
    ]
    codes = Counter(key for key, _ in dict.fromkeys(written))
    return {key: coding for key, coding in written if codes[key] == 1}


def _written(area: Area) -> Iterator[tuple[str, str]]:
    for text in (area.name, f"Kel. {area.name}", f"Kelurahan {area.name}"):
        yield PLAIN, text
    district, own = area.kecamatan, city().name
    short = " ".join(word for word in district.split() if word.casefold() not in own.casefold().split())
    for text in (district, f"kec {district}", *((short,) if short else ())):
        yield WITH_DISTRICT, f"{area.name} {text}"
    for other in city().also_written if short != district else ():
        yield WITH_DISTRICT, f"{area.name} {other} {short}"
