"""Transaction bundles over HTTP: posted one after the other, and what they were answered with."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bench.calls import JSON, Target
from bench.wire import Step


def bundle_steps(target: Target, paths: Sequence[Path]) -> Iterator[Step]:
    """Transactions to be posted, each read when its turn comes, under the name of its file."""
    for path in paths:
        yield Step(path.name, target.request("POST", "", path.read_bytes(), JSON))


def places(body: bytes) -> list[str]:
    """`Type/id` of everything a transaction-response answers with, in order: of its location, absolute or relative,
    with a version or without; else of the resource itself; "" where it says neither."""
    return [_place(entry) for entry in msgspec.json.decode(body).get("entry", ())]


def _place(entry: dict[str, dict[str, str]]) -> str:
    if location := entry.get("response", {}).get("location"):
        return "/".join(location.partition("/_history")[0].rsplit("/", 2)[-2:])
    resource = entry.get("resource", {})
    return f"{resource['resourceType']}/{resource['id']}" if "id" in resource else ""
