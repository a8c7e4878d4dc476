"""A hub served on its own address, and what its pages say."""

import html
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from hub.api import create_app
from hub.parts import Hub
from hub.web import mount


@contextmanager
def serving(hub: Hub) -> Iterator[None]:
    app = create_app(hub)
    mount(app, hub)
    port = int(hub.config.base_url.rpartition(":")[2])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join(10)


def words(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def row_of(page: str, name: str) -> str:
    """The words of the table rows whose head names something."""
    rows = re.findall(r"<tr\b.*?</tr>", page, re.DOTALL)
    return " | ".join(words(row) for row in rows if name in words(row.partition("</th>")[0]))
