"""Files in the three forms senders use, names made safe, malformed forms refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from hub.api.upload import safe_name, upload_of
from hub.errors import Category, HubError

CSV = b"no_kunjungan;nama\r\n1;Siti\r\n"


def form(*parts: tuple[str, bytes], boundary: str = "b0und") -> tuple[Headers, bytes]:
    """A multipart body of (Content-Disposition, data) parts."""
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: {how}\r\nContent-Type: text/csv\r\n\r\n".encode() + data + b"\r\n"
        for how, data in parts
    )
    return Headers({"content-type": f"multipart/form-data; boundary={boundary}"}), body + f"--{boundary}--\r\n".encode()


def test_a_form():
    found = upload_of(*form(('form-data; name="note"', b"hi"), ('form-data; name="file"; filename="a b.csv"', CSV)))
    assert (found.filename, found.data) == ("a b.csv", CSV)


def test_a_form_with_a_name_beyond_ascii():
    headers, body = form(("form-data; name=\"file\"; filename*=utf-8''kunjungan%20Mei%20%E2%80%93.csv", CSV))
    assert upload_of(headers, body).filename == "kunjungan Mei –.csv"


@pytest.mark.parametrize(
    ("headers", "filename"),
    [
        ({"content-type": "text/csv", "x-filename": "../../etc/passwd.csv"}, "passwd.csv"),
        ({"content-type": "text/csv; charset=utf-8"}, "kiriman.csv"),
        ({"content-type": "application/json"}, "kiriman.json"),
        ({"content-type": "application/octet-stream", "x-filename": "Mei%202026.xlsx"}, "Mei 2026.xlsx"),
        ({"content-type": "text/csv", "content-disposition": 'attachment; filename="m.csv"'}, "m.csv"),
        ({"x-filename": "m.csv"}, "m.csv"),
    ],
)
def test_a_raw_body(headers, filename):
    assert upload_of(Headers(headers), CSV).filename == filename


@pytest.mark.parametrize(
    ("headers", "body", "category"),
    [
        ({"content-type": "image/png", "x-filename": "a.csv"}, CSV, Category.UNSUPPORTED_MEDIA),
        ({"content-type": "application/octet-stream"}, CSV, Category.INCORRECT),
        ({"content-type": "text/csv"}, b"", Category.INCORRECT),
        ({"content-type": "multipart/form-data"}, CSV, Category.INCORRECT),
        ({"content-type": "multipart/form-data; boundary=x"}, CSV, Category.INCORRECT),
        ({"content-type": "multipart/form-data; boundary=x"}, b"--x\r\nno header\r\n\r\n", Category.INCORRECT),
    ],
)
def test_refused(headers, body, category):
    with pytest.raises(HubError) as caught:
        upload_of(Headers(headers), body)
    assert caught.value.category == category


@pytest.mark.parametrize(
    "options", ["filename*=foo'id'm.csv", "filename*=hex'id'm.csv", "filename*=idna'id'm..csv", "filename*=''m.csv"]
)
def test_a_character_set_nobody_knows(options):
    assert upload_of(Headers({"content-type": "text/csv", "content-disposition": f"a; {options}"}), CSV).data == CSV
    assert upload_of(*form((f"form-data; name=file; {options}", CSV))).data == CSV


def test_parameters_that_contradict_each_other():
    headers = {"content-type": "text/csv", "content-disposition": "a; filename*1=x; filename*=utf-8''y"}
    assert upload_of(Headers(headers), CSV).filename == "kiriman.csv"


def test_a_form_cut_off_is_no_file():
    headers, body = form(('form-data; name="file"; filename="a.csv"', CSV))
    with pytest.raises(HubError):
        upload_of(headers, body[: body.index(b"Siti")])


def test_many_parts_are_refused():
    with pytest.raises(HubError):
        upload_of(*form(*[('form-data; name="x"', b"")] * 100_000))


@given(st.text())
def test_a_safe_name_is_safe(name):
    safe = safe_name(name)
    assert len(safe) <= 120
    assert not set(safe) & set('/\\"\r\n\t\0<>')
    assert not safe.startswith(".")


@given(st.binary(max_size=300), st.text("abc=;\"'%* ", max_size=40))
def test_garbage_is_refused_and_never_faults(body, rest):
    with suppress(HubError):
        upload_of(Headers({"content-type": f"multipart/form-data; boundary={rest}"}), b"--x\r\n" + body)
