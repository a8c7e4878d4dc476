"""Bodies that are no JSON, or JSON that no resource can be: by name, each with whether it parses as JSON at all."""

import gzip
from collections.abc import Iterator

PATIENT = b'{"resourceType":"Patient","name":[{"text":"Siti Contoh"}],"gender":"female","birthDate":"1990-01-01"}'
_OPEN = b'{"resourceType":"Patient","extension":'


def broken() -> Iterator[tuple[str, bytes]]:
    """Texts the reader of JSON refuses."""
    yield "nothing", b""
    yield "white space", b" \r\n\t "
    for at in (1, len(PATIENT) // 3, len(PATIENT) // 2, len(PATIENT) - 1):
        yield f"truncated at {at}", PATIENT[:at]
    for number in (b"NaN", b"Infinity", b"-Infinity", b"-", b"+1", b"01", b".5", b"5.", b"1e", b"1e+", b"0x1F", b"1_0"):
        yield f"number {number.decode()}", _with(number)
    yield "number of a million digits", _with(b"9" * 1_000_000)
    yield "exponent of a million digits", _with(b"1e" + b"9" * 1_000_000)
    for escape in (
        rb"\ud800",
        rb"\udc00",
        rb"\udc00\ud800",
        rb"\ud800\ud800",
        rb"\ud83d x",
        rb"\x41",
        rb"\u12",
        rb"\u12G4",
    ):
        yield f"escape {escape.decode()}", _with(b'"' + escape + b'"')
        yield f"escape {escape.decode()} in a name", b'{"resourceType":"Patient","' + escape + b'":1}'
    for byte in (
        b"\x00",
        b"\x01",
        b"\x1f",
        b"\n",
        b"\xff",
        b"\xc0\xaf",
        b"\xe2\x82",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
    ):
        yield f"byte {byte.hex()} in a text", _with(b'"a' + byte + b'b"')
    yield "NUL before", b"\x00" + PATIENT
    yield "NUL after", PATIENT + b"\x00"
    yield "NUL between", PATIENT.replace(b",", b",\x00", 1)
    yield "byte order mark", b"\xef\xbb\xbf" + PATIENT
    for form in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield form, PATIENT.decode().replace("Siti", "Sití").encode(form)
    yield "cp1252", PATIENT.decode().replace("Siti", "Sití").encode("cp1252")
    yield "garbage after", PATIENT + b"x"
    yield "a second document", PATIENT + PATIENT
    yield "a comma too many", PATIENT[:-1] + b",}"
    yield "a comment", b"/* x */" + PATIENT
    yield "single quotes", PATIENT.replace(b'"', b"'")
    yield "bare names", PATIENT.replace(b'"gender"', b"gender")
    yield "a colon missing", PATIENT.replace(b":", b" ", 1)
    yield "a bracket of the wrong kind", PATIENT.replace(b"]", b"}", 1)
    yield "a repeated name", PATIENT[:-1] + b',"gender":"male"}'
    yield "a repeated name, escaped", PATIENT[:-1] + rb',"\u0067ender":"male"}'
    yield "a repeated resourceType", PATIENT[:-1] + b',"resourceType":"Encounter"}'
    for depth in (33, 1_000, 100_000):
        yield f"lists {depth} deep", b"[" * depth + b"1" + b"]" * depth
        yield f"lists {depth} deep, open", b"[" * depth
        yield f"objects {depth} deep", b'{"a":' * depth + b"1" + b"}" * depth
        yield f"both {depth} deep", b'[{"a":' * (depth // 2 + 1) + b"1" + b"}]" * (depth // 2 + 1)
        yield f"in a resource {depth} deep", _with(b"[" * depth + b"1" + b"]" * depth)
    yield "2001 names", b"{" + b",".join(b'"k%d":1' % n for n in range(2001)) + b"}"
    yield "a page", b"<html><body>Patient</body></html>"
    yield "a form", b"resourceType=Patient&gender=female"
    yield "gzip, not said", gzip.compress(PATIENT)


def unfit() -> Iterator[tuple[str, bytes]]:
    """JSON that is no resource."""
    for value in (b"null", b"true", b"0", b'"Patient"', b"[]", b"[" + PATIENT + b"]", b"{}", b'{"":1}'):
        yield f"{value[:12].decode()} alone", value
    for value in (b"null", b"1", b"[]", b"{}", b'""', b'"Pasien"', b'"patient"', b'["Patient"]', rb'"Patient\u0000"'):
        yield f"resourceType {value.decode()}", PATIENT.replace(b'"Patient"', value, 1)
    for number in (
        b"1e400",
        b"-1e400",
        b"1E999999999",
        b"9" * 400,
        b"-" + b"9" * 400,
        b"1" + b"0" * 5000,
    ):
        yield (
            f"number {number[:12].decode()}… of {len(number)}",
            PATIENT[:-1] + b',"multipleBirthInteger":' + number + b"}",
        )
        yield (
            f"decimal {number[:12].decode()}… of {len(number)}",
            _with(b'[{"url":"x","valueDecimal":' + number + b"}]"),
        )
    yield "NUL, escaped", PATIENT.replace(b"Siti", rb"Siti\u0000")
    yield "NUL in a name", PATIENT[:-1] + rb',"\u0000":1}'
    yield "a long name", PATIENT[:-1] + b',"' + b"x" * 500_000 + b'":1}'
    yield "a long code", PATIENT.replace(b"female", b"x" * 900_000)
    yield "a long date", PATIENT.replace(b"1990-01-01", b"1" * 900_000)
    yield "a long id", PATIENT[:-1] + b',"id":"' + b"x" * 900_000 + b'"}'
    yield "a long list", _with(b"[" + b"1," * 200_000 + b"1]")
    yield "many empty objects", _with(b"[" + b"{}," * 200_000 + b"{}]")
    yield "a name of JavaScript", PATIENT[:-1] + b',"__proto__":{"gender":"male"}}'


def odd() -> Iterator[tuple[str, bytes]]:
    """Sound resources that look hostile: they may be taken in."""
    yield "a number close to nothing", _with(b'[{"url":"x","valueDecimal":1e-400}]')
    yield "minus zero", PATIENT[:-1] + b',"multipleBirthInteger":-0}'
    yield "a long text", PATIENT.replace(b"Siti", b"x" * 900_000)
    yield "every plane", PATIENT.replace(b"Siti", "\u00e9\u200b\u202e\U0001f600\U0010ffff".encode())
    yield "escapes", PATIENT.replace(b"Siti", rb"\ud83d\ude00\u0009\/\b"[:-2])
    yield "names of Python", _with(b'[{"url":"__class__","valueString":"{0.__class__}%s%n"}]')


def _with(value: bytes) -> bytes:
    return _OPEN + value + b"}"
