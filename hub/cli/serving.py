"""`hub serve`: the hub on HTTP."""

import threading
from typing import Any

import uvicorn

from hub.api import create_app
from hub.bootstrap import build, settle
from hub.config import Config, read_config
from hub.parts import Hub
from hub.upkeep.releasing import run_releasing
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


def serve() -> None:
    """Serve what is in HUB_HOME until stopped."""
    run(read_config())


def run(config: Config, hub: Hub | None = None) -> None:
    """Serve on config.host:config.port. With HUB_WORKERS > 1 every worker process builds its own hub."""
    options: dict[str, Any] = {
        "host": config.host,
        "port": config.port,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "date_header": True,
        "timeout_keep_alive": 30,
    }
    if config.workers > 1 and hub is None:
        uvicorn.run("hub.cli.serving:application", factory=True, workers=config.workers, **options)
        return
    uvicorn.run(ready(hub or build(config)), **options)


def application() -> Any:
    """The ASGI application of one worker process, from the environment."""
    return ready(build(read_config()))


def ready(hub: Hub) -> Any:
    """An application warmed up: pages mounted, validators compiled, the audit sequencer running."""
    prepare(ADVERTISED)
    app = create_app(hub)
    mount(app, hub)
    threading.Thread(target=run_sequencer, args=(hub,), name="audit-sequencer", daemon=True).start()
    threading.Thread(target=run_releasing, args=(hub,), name="city-releases", daemon=True).start()
    settle()
    return app
