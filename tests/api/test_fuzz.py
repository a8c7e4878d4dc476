"""Everything openapi.json describes, asked with invented requests: never a 5xx, always one of our answers."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings

from hub.api.description import describe
from tests.api.conftest import Caller


def test_no_fault(app, client, token):
    headers = token()
    operations = [result.ok() for result in schemathesis.openapi.from_dict(describe(app)).get_all_operations()]
    seen = {operation.label: fuzz(client, headers, operation) for operation in operations}
    assert {"POST /oauth2/token", "POST /care/presence", "POST /submissions/{adapter}", "GET /healthz"} <= set(seen)
    assert seen["GET /healthz"] == {200}


def fuzz(client: Caller, headers: dict[str, str], operation: Any) -> set[int]:
    """The statuses an operation answered with; fails on a fault."""
    statuses: set[int] = set()

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy())
    def ask(case):
        sent = case.as_transport_kwargs(base_url="https://hub.test")
        fields = {name: sent[name] for name in ("params", "json", "data", "files") if sent.get(name) is not None}
        answer = client.request(sent["method"], sent["url"], headers={**(sent.get("headers") or {}), **headers}, **fields)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, answer.text

    ask()
    return statuses
