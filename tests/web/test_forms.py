import asyncio
import tempfile

import pytest
from starlette.requests import Request

from hub.errors import Category, HubError
from hub.pipeline.submissions import FILE_LIMIT
from hub.web.forms import read_form


def request(body: bytes, content_type: str, chunk: int = 65_536) -> Request:
    pieces = [body[n : n + chunk] for n in range(0, len(body), chunk)] or [b""]

    async def receive():
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)


def multipart(content: bytes, filename: str, fields: int = 1) -> tuple[bytes, str]:
    parts = [f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\nnilai\r\n'.encode() for n in range(fields)]
    head = f'--b\r\nContent-Disposition: form-data; name="berkas"; filename="{filename}"\r\n\r\n'.encode()
    return b"".join(parts) + head + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


def read(body: bytes, content_type: str):
    return asyncio.run(read_form(request(body, content_type)))


def test_a_large_file_stays_in_memory(monkeypatch):
    def refuse(*_args, **_named):
        raise AssertionError("a file was put on disk")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    content = b"x" * (FILE_LIMIT - 10)
    form = read(*multipart(content, "kunjungan.csv"))
    assert form.upload.content == content
    assert form.fields == {"f0": ("nilai",)}
    assert "xxx" not in repr(form.upload)


@pytest.mark.parametrize(
    ("body", "content_type", "category"),
    [
        (*multipart(b"x" * (FILE_LIMIT + 70_000), "a.csv"), Category.TOO_LARGE),
        (b"a=" + b"x" * 100_000, "application/x-www-form-urlencoded", Category.TOO_LARGE),
        (*multipart(b"x", "a.csv", fields=40), Category.INCORRECT),
        (b"no boundary", "multipart/form-data; boundary=b", Category.INCORRECT),
        (b"--b", "multipart/form-data", Category.INCORRECT),
        (b"{}", "application/json", Category.UNSUPPORTED_MEDIA),
        (
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx \\ud800\r\n--b--\r\n',
            "multipart/form-data; boundary=b; charset=unicode_escape",
            Category.INCORRECT,
        ),
    ],
)
def test_what_is_no_form_is_refused(body, content_type, category):
    with pytest.raises(HubError) as refused:
        read(body, content_type)
    assert refused.value.category is category


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\\\Data\\\\a.csv", "a.csv"), ("a" * 400 + ".csv", "a" * 200)],
)
def test_only_the_last_part_of_a_filename_is_kept(sent, kept):
    assert read(*multipart(b"x", sent)).upload.filename == kept


def test_an_ordinary_form_keeps_repeated_fields():
    form = read(b"kategori=HIV&kategori=PSY&x=%3Cb%3E", "application/x-www-form-urlencoded; charset=utf-8")
    assert form.fields == {"kategori": ("HIV", "PSY"), "x": ("<b>",)}
    assert form.upload is None
