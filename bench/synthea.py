"""`python -m bench.synthea`: all Synthea bundles in over HTTP and every resource back, on both databases.

What is stored must be what was sent: counts per type equal the files, and each resource read by its id is the same JSON
tree with every number as it was written, except its id, meta.versionId, meta.lastUpdated and rewritten references.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import material
from bench.bundles import bundle_steps, places
from bench.calls import accepted, make
from bench.databases import ENGINES, databases
from bench.serving import HOSPITAL, Served, served
from bench.wire import Answer, Step

WRITERS, READERS = 4, 8
AT_ONCE = 20
"""Bundles whose resources are read back under one access token."""
BUNDLES = 300


@dataclass(slots=True)
class Checked:
    """What came back: resources per type, and where they differ from what was sent."""

    counts: Counter[str] = field(default_factory=Counter)
    read: int = 0
    differing: list[str] = field(default_factory=list)


def main() -> None:
    """Reads the arguments, loads, reads back, exits with 1 when anything differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.synthea", description=__doc__)
    parser.add_argument("--only", choices=ENGINES)
    parser.add_argument("--bundles", type=int, default=BUNDLES)
    arguments = parser.parse_args()
    is_equal = True
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        place = Path(folder)
        sent = material.bundles(place / "bundles", arguments.bundles)
        for engine in ENGINES:
            if arguments.only in (None, engine):
                is_equal &= _checked(engine, place / engine, sent)
    raise SystemExit(0 if is_equal else 1)


def _checked(engine: str, place: Path, sent: material.Bundles) -> bool:
    started = time.monotonic()
    with (
        databases(engine, place) as new_database,
        served(place / "home", new_database("synthea"), 2, [HOSPITAL]) as server,
    ):
        answers = load(server, sent.paths)
        found = compare_all(server, answers)
        stored = counted(server, found.counts)
    seconds = time.monotonic() - started
    print(f"{engine}: {len(answers)} bundles ({sent.source}), {found.read:,} resources read back in {seconds:.0f} s")
    for type_, number in sorted(found.counts.items()):
        mark = "" if number == stored[type_] else "  DIFFERENT"
        print(f"  {type_:24}{number:>8,} sent{stored[type_]:>8,} stored{mark}")
    print(f"  {len(found.differing)} differ from what was sent", *found.differing[:20], sep="\n  ")
    return stored == found.counts and not found.differing and found.read == sum(sent.sizes)


def load(server: Served, paths: Sequence[Path]) -> dict[Path, list[str]]:
    """Post the bundles; `Type/id` of every entry of each."""
    by_name, found = {path.name: path for path in paths}, {}

    def seen(step: Step, answer: Answer) -> None:
        accepted(step, answer)
        found[by_name[step.label]] = places(answer.body)

    target = server.target(HOSPITAL["id"])
    make(target.place, bundle_steps(target, paths), WRITERS, seen=seen)
    return found


def compare_all(server: Served, answers: Mapping[Path, list[str]]) -> Checked:
    """Read back every resource and compare."""
    found, paths = Checked(), sorted(answers)
    for start in range(0, len(paths), AT_ONCE):
        expected = {
            place: tree
            for path in paths[start : start + AT_ONCE]
            for place, tree in expectations(path.read_bytes(), answers[path]).items()
        }
        found.counts.update(place.partition("/")[0] for place in expected)

        def seen(step: Step, answer: Answer, expected: Mapping[str, Any] = expected) -> None:
            accepted(step, answer)
            found.read += 1
            if difference := unlike(expected[step.label], content(answer.body)):
                found.differing.append(f"{step.label}: {difference}")

        target = server.target(HOSPITAL["id"])
        make(target.place, (Step(place, target.request("GET", place)) for place in expected), READERS, seen=seen)
    return found


def counted(server: Served, types: Mapping[str, int]) -> Counter[str]:
    """How many of each type a search finds."""
    target = server.target(HOSPITAL["id"])
    answers = {type_: target.ask("GET", f"{type_}?_summary=count") for type_ in types}
    return Counter({type_: int(json.loads(answer.body)["total"]) for type_, answer in answers.items()})


def expectations(text: bytes, stored: Sequence[str]) -> dict[str, Any]:
    """For each `Type/id` that a bundle was answered with the content that must be there: references to other entries
    are now by their ids."""
    entries = _read(text)["entry"]
    by_url = {entry["fullUrl"]: place for entry, place in zip(entries, stored, strict=True)}
    for entry in entries:
        for holder in _objects(entry["resource"]):
            if (reference := holder.get("reference")) in by_url:
                holder["reference"] = by_url[reference]
    return {place: _bare(entry["resource"]) for entry, place in zip(entries, stored, strict=True)}


def content(body: bytes) -> Any:
    """A resource without what the hub sets."""
    return _bare(_read(body))


def unlike(expected: Any, found: Any, path: str = "") -> str:
    """Where two trees differ; "" when they are equal."""
    if type(expected) is not type(found):
        return path or "/"
    if isinstance(expected, dict):
        if expected.keys() != found.keys():
            return f"{path}: {', '.join(sorted(expected.keys() ^ found.keys()))}"
        return next((at for name in expected if (at := unlike(expected[name], found[name], f"{path}/{name}"))), "")
    if isinstance(expected, list):
        if len(expected) != len(found):
            return path
        pairs = enumerate(zip(expected, found, strict=True))
        return next((at for index, (a, b) in pairs if (at := unlike(a, b, f"{path}/{index}"))), "")
    return "" if expected == found else path


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as it was written: 1.1, 1.10 and 11e-1 are three."""

    text: str


def _read(text: bytes) -> Any:
    return json.loads(text, parse_float=_Number, parse_int=_Number)


def _bare(resource: dict[str, Any]) -> dict[str, Any]:
    meta = {name: each for name, each in resource.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    rest = {name: each for name, each in resource.items() if name not in ("id", "meta")}
    return rest | {"meta": meta} if meta else rest


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for each in node.values():
            yield from _objects(each)
    elif isinstance(node, list):
        for each in node:
            yield from _objects(each)


if __name__ == "__main__":
    main()
