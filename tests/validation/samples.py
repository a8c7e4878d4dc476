"""Real-world samples beside the repository (../shared/data), where they exist: Synthea bundles and IPS examples."""

import functools
import io
import json as stdlib
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from hub.fhir import json
from tests.conftest import not_run

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@functools.cache
def synthea(bundles: int = 8) -> list[dict[str, Any]]:
    """The resources of the first Synthea bundles; ends the test when the archive is absent."""
    archive = SHARED / "synthea" / "synthea-r4-300-bundles.tar.xz"
    if not archive.exists():
        not_run("Synthea bundles (../shared/data/synthea)")
    found: list[dict[str, Any]] = []
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as files:
        for member in files:
            file = files.extractfile(member) if member.name.endswith(".json") else None
            if file is not None:
                found += [entry["resource"] for entry in json.read(file.read())["entry"]]
                bundles -= 1
                if not bundles:
                    break
    return found


def synthea_mix(per_type: int = 2) -> list[dict[str, Any]]:
    """A few resources of each type, the small ones, for mutation."""
    by_type = defaultdict(list)
    for resource in synthea():
        if len(stdlib.dumps(resource, default=str)) < 3000:
            by_type[resource["resourceType"]].append(resource)
    return [resource for kind in sorted(by_type) for resource in by_type[kind][:per_type]]


@functools.cache
def ips() -> dict[str, Any]:
    """The IPS examples by file name; ends the test when the folder is absent."""
    folder = SHARED / "ips" / "sushi-built"
    if not folder.is_dir():
        not_run("IPS examples (../shared/data/ips)")
    return {file.name: json.read(file.read_bytes()) for file in sorted(folder.glob("*.json"))}
