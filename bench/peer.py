"""`python -m bench.peer BASE [--token TOKEN]`: the same work for any FHIR R4 server, to be set beside the hub.

BASE is its FHIR base URL (http); it must be empty, or hold nothing that matters, and need no sign-in or a bearer token.
The CRUD mix, the import of transaction bundles, and the search shapes over what was imported; nothing is written here.
"""

import argparse
import os
import random
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from bench import crud, machine, material, shapes
from bench.bundles import bundle_steps, places
from bench.calls import Target, accepted, make
from bench.draws import Values, drawn
from bench.wire import Answer, Step

WRITERS = 4


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.peer", description=__doc__)
    parser.add_argument("base", help="the FHIR base URL, http://…/fhir")
    parser.add_argument("--token", default=os.environ.get("TOKEN", ""), help="a bearer token; else TOKEN is looked at")
    parser.add_argument("--seconds", type=float, default=8, help="for each number of connections of the CRUD mix")
    parser.add_argument("--bundles", type=int, default=100, help="transaction bundles to import")
    parser.add_argument("--requests", type=int, default=20, help="of each search shape")
    arguments = parser.parse_args()
    target = Target(arguments.base.rstrip("/"), arguments.token)
    print(f"{machine.line()}\n{arguments.base}: {_about(target)}\n", flush=True)
    print("\n".join(crud.lines(crud.measure(target, arguments.seconds))), flush=True)
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        sent = material.bundles(Path(folder) / "bundles", arguments.bundles)
        per_s, values = imported(target, sent)
    print(f"\nimport of {len(sent.paths)} transaction bundles ({sent.source}): {per_s:,.0f} resources/s\n", flush=True)
    found = shapes.measure({"": target}, values, arguments.requests)
    print("\n".join(shapes.lines({"imported": found})))


def imported(target: Target, sent: material.Bundles) -> tuple[float, list[tuple[str, Values]]]:
    """Post the bundles over four connections: resources a second, and values drawn from what was answered."""
    by_name = {path.name: path for path in sent.paths}
    answers: list[tuple[Path, bytes]] = []

    def seen(step: Step, answer: Answer) -> None:
        accepted(step, answer)
        answers.append((by_name[step.label], answer.body))

    run = make(target.place, bundle_steps(target, sent.paths), WRITERS, seen=seen)
    values = []
    for number, (path, body) in enumerate(sorted(answers)):
        entries = msgspec.json.decode(path.read_bytes())["entry"]
        values.append(("", drawn(entries, places(body), random.Random(number))))
    return sum(sent.sizes) / run.elapsed, values


def _about(target: Target) -> str:
    """What the server says it is."""
    statement: dict[str, Any] = msgspec.json.decode(target.ask("GET", "metadata").body)
    software = statement.get("software", {})
    return f"{software.get('name', '?')} {software.get('version', '')}, FHIR {statement.get('fhirVersion', '?')}"


if __name__ == "__main__":
    main()
