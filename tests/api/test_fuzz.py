"""Everything openapi.json describes, asked with invented requests: never a 5xx, always one of our answers."""

from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

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

    @settings(
        max_examples=20, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy())
    def ask(case):
        sent = requests.Request(**case.as_transport_kwargs(base_url="https://hub.test")).prepare()
        body = b"".join(sent.body) if hasattr(sent.body, "__next__") else sent.body
        given = [(name, value) for name, value in sent.headers.items() if name.lower() != "content-length"]
        answer = client.request(sent.method, sent.url, headers=[*given, *headers.items()], content=body)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, answer.text

    ask()
    return statuses
