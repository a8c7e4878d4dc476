"""A hub seen from a clinic: signs in with its key (private_key_jwt) and sends files."""

import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from hub.auth import sign_assertion

TIMEOUT_S = 300


class Unreachable(Exception):
    """The hub did not answer."""


class Refused(Exception):
    """The hub answered no; `status` and its JSON `body`."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class Remote:
    """One hub and one client of it."""

    def __init__(self, base: str, client_id: str, private_jwk: dict[str, Any]) -> None:
        if not base.startswith(("http://", "https://")):
            raise ValueError("--to is an address that begins with https://")
        self.base = base.rstrip("/")
        self.client_id = client_id
        self.key = private_jwk
        self.token = ""

    def submit(self, adapter: str, name: str, data: bytes, mode: str = "store") -> dict[str, Any]:
        """Send a file; the receipt. Raises Unreachable or Refused."""
        path = f"/submissions/{urllib.parse.quote(adapter)}" + ("?mode=check" if mode == "check" else "")
        headers = {"Content-Type": "application/octet-stream", "X-Filename": urllib.parse.quote(name)}
        found: dict[str, Any] = json.loads(self._call("POST", path, data, headers))
        return found

    def errors(self, submission: str) -> bytes:
        """The sender's own file back with its errors."""
        return self._call("GET", f"/submissions/{submission}/errors.xlsx", None, {})

    def _call(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> bytes:
        had_token = bool(self.token)
        self.token = self.token or self._sign_in()
        try:
            return self._send(method, path, data, {**headers, "Authorization": f"Bearer {self.token}"})
        except Refused as refused:
            if refused.status != 401 or not had_token:
                raise
        self.token = self._sign_in()  # a token lives five minutes; reading a hospital takes longer
        return self._send(method, path, data, {**headers, "Authorization": f"Bearer {self.token}"})

    def _sign_in(self) -> str:
        url = f"{self.base}/oauth2/token"
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": url,
            "iat": now,
            "exp": now + 240,
            "jti": secrets.token_hex(16),
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": sign_assertion(claims, self.key),
        }
        body = urllib.parse.urlencode(form).encode()
        answer = self._send("POST", "/oauth2/token", body, {"Content-Type": "application/x-www-form-urlencoded"})
        return str(json.loads(answer)["access_token"])

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)  # noqa: S310 - scheme checked above
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            body = error.read()
            if error.code in (502, 503, 504):
                raise Unreachable(f"HTTP {error.code}") from error
            try:
                raise Refused(error.code, json.loads(body)) from error
            except ValueError:
                raise Refused(error.code, {"text": body[:200].decode("utf-8", "replace")}) from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise Unreachable(str(getattr(error, "reason", error))) from error
