"""Reading a form without writing it to disk: an uploaded file is patient data and must not reach a temporary file."""

from collections.abc import AsyncGenerator
from typing import NamedTuple

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from hub.errors import Category, HubError
from hub.model import Issue
from hub.pipeline.submissions import FILE_LIMIT
from hub.web.call import Upload

_FIELD_LIMIT = 16 * 1024
_MARGIN = 64 * 1024


class Form(NamedTuple):
    """A form's fields and its file."""

    fields: dict[str, tuple[str, ...]]
    upload: Upload | None


class _InMemory(MultiPartParser):
    # above the limit of the whole body, so that the spooled file never rolls over to disk
    spool_max_size = FILE_LIMIT + 2 * _MARGIN


async def read_form(request: Request) -> Form:
    """The form of a POST. HubError TOO_LARGE above the limit, INCORRECT when it is no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit = FILE_LIMIT + _MARGIN if kind == "multipart/form-data" else _MARGIN
    try:
        if kind == "multipart/form-data":
            if _charset(request) not in ("", "utf-8"):  # a decoder of the sender's choice makes what is no text
                raise ValueError
            parser = _InMemory(
                request.headers, _limited(request, limit), max_files=1, max_fields=20, max_part_size=_FIELD_LIMIT
            )
            return await _collect(await parser.parse())
        if kind in ("application/x-www-form-urlencoded", ""):
            return await _collect(await FormParser(request.headers, _limited(request, limit), max_fields=50).parse())
    except (MultiPartException, UnicodeDecodeError, ValueError) as fault:
        raise HubError(Category.INCORRECT, Issue("HUB-5901")) from fault
    raise HubError(Category.UNSUPPORTED_MEDIA, Issue("HUB-5901"))


def _charset(request: Request) -> str:
    """The charset a content type names, in small letters; empty when none."""
    _, options = parse_options_header(request.headers.get("content-type", ""))
    return options.get(b"charset", b"").decode("latin-1").lower()


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > limit:
            raise HubError(Category.TOO_LARGE, Issue("HUB-5902", args={"limit": str(limit // 1024 // 1024 or 1)}))
        yield chunk


async def _collect(data: FormData) -> Form:
    fields: dict[str, list[str]] = {}
    upload = None
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if value.filename:
                upload = Upload(value.filename.replace("\\", "/").rsplit("/", 1)[-1][:200], content)
        else:
            fields.setdefault(name, []).append(value)
    if any("\0" in text for name, values in fields.items() for text in (name, *values)):
        raise HubError(Category.INCORRECT, Issue("HUB-5835"))
    return Form({name: tuple(values) for name, values in fields.items()}, upload)
