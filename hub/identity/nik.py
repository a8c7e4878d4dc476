"""The NIK's structure: PPKKCC DDMMYY SSSS, women's day plus 40; no check digit, so structure proves nothing."""

_PROVINCES = range(11, 98)


def is_plausible_nik(text: str) -> bool:
    """16 digits, a province, a possible day and month, a serial above 0, not one digit repeated."""
    if len(text) != 16 or not text.isdecimal() or not text.isascii() or len(set(text)) == 1:
        return False
    day, month = int(text[6:8]), int(text[8:10])
    day -= 40 if day > 40 else 0
    return int(text[:2]) in _PROVINCES and 1 <= day <= 31 and 1 <= month <= 12 and text[12:] != "0000"


def encodes_birth(nik: str, birth: str) -> bool:
    """Whether the date in the NIK is this birth date (YYYY-MM-DD), whatever the sex."""
    day = int(nik[6:8])
    return f"{nik[10:12]}-{nik[8:10]}-{day - 40 if day > 40 else day:02}" == birth[2:10]


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
