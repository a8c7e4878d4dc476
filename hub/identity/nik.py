"""The NIK's structure: PPKKCC DDMMYY SSSS, women's day plus 40; no check digit, so structure proves nothing."""

_PROVINCES = range(11, 98)
_DATE = range(6, 12)
_PROVINCE_AND_CITY = range(4)


def is_plausible_nik(text: str) -> bool:
    """16 digits, a province, a possible day and month, a serial above 0, not one digit repeated."""
    if len(text) != 16 or not text.isdecimal() or not text.isascii() or len(set(text)) == 1:
        return False
    day, month = int(text[6:8]), int(text[8:10])
    day -= 40 if day > 40 else 0
    return int(text[:2]) in _PROVINCES and 1 <= day <= 31 and 1 <= month <= 12 and text[12:] != "0000"


def encodes_birth(nik: str, birth: str) -> bool:
    """Whether the date in the NIK is this birth date (YYYY-MM-DD), whatever the sex."""
    return _parts(nik) == (birth[2:4], birth[5:7], birth[8:10])


def is_of_another(nik: str, birth: str, sex: str | None) -> bool:
    """Whether the date in a NIK is so far from a full birth date that no slip explains it: a relative's NIK, or no NIK.

    Two of day, month and year differ (or one and the sex), and not because day and month changed places; or the year
    differs by a generation.
    """
    year, month, day = _parts(nik)
    gap = abs(int(year) - int(birth[2:4]))
    if min(gap, 100 - gap) >= 15 and year != birth[3:1:-1]:
        return True
    wrong = (year != birth[2:4]) + (month != birth[5:7]) + (day != birth[8:10])
    if sex and wrong and (int(nik[6:8]) > 40) != (sex == "female"):
        return True
    return wrong > 1 and not (year == birth[2:4] and (month, day) == (birth[8:10], birth[5:7]))


def is_of_mother(nik: str, birth: str) -> bool:
    """Whether a NIK can be that of the mother of somebody born then: a woman's, 13 to 55 years older."""
    return int(nik[6:8]) > 40 and 13 <= (int(birth[2:4]) - int(nik[10:12])) % 100 <= 55


def birth_in(nik: str, near: str) -> str:
    """The date in a NIK as YYYY-MM-DD, in the century of the year given."""
    year, month, day = _parts(nik)
    century = int(near[:2]) + (int(year) - int(near[2:4]) < -50) - (int(year) - int(near[2:4]) > 50)
    return f"{century}{year}-{month}-{day}"


def nik_class(a: str | None, b: str | None) -> str:
    """same | cut (15 digits alike, then a 0 a spreadsheet may have put) | slip | slip-serial | different | unknown.

    slip: one digit or two neighbours, in the date or the province, where no two people can differ so. slip-serial: in
    the district, the serial number or by a woman's 40, where twins and people of one birthday do.
    """
    if a is None or b is None:
        return "unknown"
    if a[:15] == b[:15] and "0" in (a[15], b[15]):
        return "cut"
    if a == b:
        return "same"
    if not is_slip(a, b):
        return "different"
    at = next(place for place in range(16) if a[place] != b[place])
    if at == _DATE.start and abs(int(a[at]) - int(b[at])) == 4:
        return "slip-serial"
    return "slip" if at in _DATE or at in _PROVINCE_AND_CITY else "slip-serial"


def is_slip(a: str, b: str) -> bool:
    """Two numbers of one length that differ by one digit, or by two neighbours swapped: likely one number mistyped."""
    if len(a) != len(b) or a == b:
        return False
    places = [i for i in range(len(a)) if a[i] != b[i]]
    if len(places) == 1:
        return True
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and a[places[0]] == b[places[1]]
        and a[places[1]] == b[places[0]]
    )


def _parts(nik: str) -> tuple[str, str, str]:
    """Year, month, day as two digits each."""
    day = int(nik[6:8])
    return nik[10:12], nik[8:10], f"{day - 40 if day > 40 else day:02}"
