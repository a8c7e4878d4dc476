"""`hub serve`: the hub on HTTP."""

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import uvicorn

from hub.access.yielding import leave_room
from hub.api import create_app
from hub.bootstrap import Unready, build, rest, settle
from hub.cli.workers import GRACE_S, Supervisor, Worker
from hub.config import Config, read_config
from hub.parts import Hub
from hub.upkeep.beside import DUTIES, run_beside
from hub.upkeep.exporting import run_exports
from hub.upkeep.indexing import run_indexing
from hub.upkeep.sequencing import run_sequencer
from hub.validation import prepare
from hub.web import mount

ADVERTISED = (
    "Patient",
    "Practitioner",
    "Encounter",
    "Condition",
    "Observation",
    "Procedure",
    "MedicationRequest",
    "Provenance",
    "Consent",
)
SWITCH_S = 0.0005
"""How long a thread may keep others from running Python: a request that comes during a long search waits for it a few
times over, and what busy threads pay for so short a time was too little to measure."""
JOBS: dict[str, Callable[[Hub], None]] = {
    "audit-sequencer": run_sequencer,
    "bulk-exports": run_exports,
    "search-index": run_indexing,
    **{f"beside-{name}": partial(run_beside, name=name) for name in DUTIES},
}
"""What every serving process does beside the requests; each job lets one process at a time do it."""


def serve(workers: int | None) -> None:
    """Serve what is in HUB_HOME until stopped; without `workers` by as many processes as HUB_WORKERS says."""
    config = read_config()
    run(config if workers is None else replace(config, workers=workers))


def run(config: Config, hub: Hub | None = None, listener: socket.socket | None = None) -> None:
    """Serve on `listener` (config.host:config.port) until stopped, with config.workers processes made from this one."""
    listener = listener or reserved(config)
    hub = hub or build(config)
    app = ready(hub)
    listener.listen(2048)
    if config.workers <= 1:
        _start_jobs(hub)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(_options(app)).run(sockets=[listener])
        return
    rest(hub)  # a connection is nothing to inherit
    sys.exit(Supervisor(listener, config.workers, partial(_work, hub, app)).run())


def ready(hub: Hub) -> Any:
    """An application warmed up: pages mounted, validators compiled."""
    sys.setswitchinterval(SWITCH_S)
    prepare(ADVERTISED)
    app = create_app(hub)
    mount(app, hub)
    settle()
    return app


def _work(hub: Hub, app: Any, channel: socket.socket) -> None:
    """The life of one of several serving processes."""
    leave_room(hub.config.home, hub.config.workers)
    _start_jobs(hub)
    Worker(_options(app), channel).run()


def _start_jobs(hub: Hub) -> None:
    for name, job in JOBS.items():
        threading.Thread(target=job, args=(hub,), name=name, daemon=True).start()


def _options(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_S,
    )


def reserved(config: Config) -> socket.socket:
    """The address to serve on, before long work begins. Unready when somebody else has it."""
    family, kind, proto, _, address = socket.getaddrinfo(
        config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, proto)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise Unready(
            f"{config.host}:{config.port}: {error.strerror}; another address is set by HUB_PORT, HUB_HOST"
        ) from None
    return listener
