"""A hub in a process of its own, as an operator starts it, and the clinics that may sign in to it."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hub.admission import register_client
from hub.admission.granting import ASSERTION_TYPE
from hub.auth import new_keypair, sign_assertion
from hub.bootstrap import build, close
from hub.config import Config, read_config
from hub.model import Facility
from hub.upkeep.registering import register_facility
from tests.ports import free_port

CLINICS = {
    "klinik-python": "EC",
    "klinik-node": "RSA",
    "klinik-lain": "EC",
    "klinik-berkas": "EC",
    "klinik-smart": "EC",
    "klinik-fhirclient": "EC",
}
"""A facility of its own for each program, so that totals are exact; the kind of its client's key."""
READ_ONLY, WRITE_ONLY = "klinik-node-baca", "klinik-python-tulis"
"""Clients with fewer scopes, of the facilities they are named after."""
_PATIENCE_S = 60


@dataclass
class Served:
    """A hub that answers at `base`; `keys` are the clients' private JWKs. A client is named as its facility."""

    base: str
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def fhir(self) -> str:
        return f"{self.base}/fhir"

    def token(self, client: str) -> str:
        """An access token of a client, asked for once."""
        if client not in self._tokens:
            self._tokens[client] = self._sign_in(client)
        return self._tokens[client]

    def _sign_in(self, client: str) -> str:
        url, now = f"{self.base}/oauth2/token", int(time.time())
        claims = {"iss": client, "sub": client, "aud": url, "iat": now, "exp": now + 240, "jti": secrets.token_hex(8)}
        assertion = sign_assertion(claims, self.keys[client])
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
        answer = httpx.post(url, data={**form, "client_assertion": assertion})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


@contextmanager
def serving(home: Path, database_url: str, **more: str) -> Iterator[Served]:
    """`hub serve` on an empty, migrated database, with CLINICS registered; `more` are settings of its own. At the end
    its log must hold no fault."""
    base = f"http://127.0.0.1:{free_port()}"
    settings = {
        "HUB_HOME": str(home),
        "HUB_PORT": base.rpartition(":")[2],
        "HUB_DATABASE_URL": database_url,
        "HUB_BASE_URL": base,
        **more,
    }
    served = Served(base)
    register_clinics(read_config(settings), served)
    log = home.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve"],
            env={"PATH": os.defpath, "HOME": str(home), **settings},
            cwd=Path(__file__).parents[2],
            stdout=out,
            stderr=out,
        )
        try:
            wait_for(process, base, log)
            yield served
        finally:
            process.terminate()
            process.wait(_PATIENCE_S)
    text = log.read_text(encoding="utf-8")
    assert "fault" not in text, text
    assert "Traceback" not in text, text


def register_clinics(config: Config, served: Served) -> None:
    hub = build(config)
    for name, kind in CLINICS.items():
        register_facility(hub, Facility(0, name, f"{name} (rekaan)"))
        served.keys[name], public = new_keypair("RSA" if kind == "RSA" else "EC")
        register_client(hub, name, name, jwks={"keys": [public]}, scopes=("system/*.cruds",))
    for name, facility, scope in (
        (READ_ONLY, "klinik-node", "system/*.rs"),
        (WRITE_ONLY, "klinik-python", "system/*.cu"),
    ):
        served.keys[name], public = new_keypair("EC")
        register_client(hub, name, facility, jwks={"keys": [public]}, scopes=(scope,))
    close(hub)


def wait_for(process: "subprocess.Popen[bytes]", base: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            if httpx.get(f"{base}/healthz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"not ready after {_PATIENCE_S} s")
