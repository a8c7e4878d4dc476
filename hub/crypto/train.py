"""Trains a compression dictionary: `python -m hub.crypto.train [--number N] DIR_OR_FILES`.

DIR_OR_FILES are FHIR Bundles of SYNTHETIC patients (Synthea) beside the records `hub.crypto.invented` makes up; a
dictionary is never shredded, so a real record must never go in. An existing number is never overwritten.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import zstandard

from hub.crypto.codec import LEVEL
from hub.crypto.invented import invented_records

SIZE = 112 << 10
"""Largest dictionary, bytes."""

INVENTED_VISITS = 1_200
PER_TYPE_AND_FILE = 3
LARGEST_SAMPLE = 16 << 10

_FOLDER = Path(__file__).parent / "dictionaries"


def samples(paths: Iterable[Path], seed: int = 1) -> list[bytes | bytearray | memoryview]:
    """A repeatable mix of invented records and of a few resources of each type from each bundle."""
    mixed: list[bytes | bytearray | memoryview] = list(invented_records(seed, INVENTED_VISITS))
    for path in paths:
        mixed.extend(_of_bundle(json.loads(path.read_bytes()), Random(f"{seed}|{path.name}")))  # noqa: S311 - repeatable
    Random(seed).shuffle(mixed)  # noqa: S311 - repeatable
    return mixed


def train(mixed: list[bytes | bytearray | memoryview], number: int, size: int = SIZE) -> bytes:
    """A dictionary whose zstd id is `number`, at most `size` bytes."""
    return zstandard.train_dictionary(size, mixed, dict_id=number, level=LEVEL).as_bytes()


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit code 0 when the dictionary was written, 1 when its number is taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, metavar="DIR_OR_FILES")
    parser.add_argument(
        "--number", type=int, default=1 + max((int(f.stem) for f in _FOLDER.glob("*.zdict")), default=0)
    )
    options = parser.parse_args(arguments)
    target = _FOLDER / f"{options.number}.zdict"
    if target.exists():
        print(f"{target.name} exists: rows refer to it, so it stays", file=sys.stderr)
        return 1
    mixed = samples(sorted(file for path in options.paths for file in _files(path)))
    dictionary = train(mixed, options.number)
    target.write_bytes(dictionary)
    print(f"{target.name}: {len(dictionary)} bytes from {len(mixed)} samples ({sum(map(len, mixed)) >> 20} MiB)")
    print(f"sha256 {hashlib.sha256(dictionary).hexdigest()}")
    return 0


def _files(path: Path) -> Iterable[Path]:
    return path.rglob("*.json") if path.is_dir() else [path]


def _of_bundle(bundle: dict[str, Any], random: Random) -> Iterator[bytes]:
    entries = [entry for entry in bundle.get("entry", ()) if "resource" in entry]
    names = {
        e["fullUrl"]: f"{e['resource']['resourceType']}/{random.getrandbits(128):032x}"
        for e in entries
        if "fullUrl" in e
    }
    by_type: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        by_type.setdefault(entry["resource"]["resourceType"], []).append(entry)
    for chosen in by_type.values():
        for entry in random.sample(chosen, min(PER_TYPE_AND_FILE, len(chosen))):
            resource = _stored(entry["resource"], names)
            resource["id"] = names.get(entry.get("fullUrl", ""), "/" + "0" * 32).split("/")[1]
            resource["meta"] = {"versionId": "1", "lastUpdated": "2025-06-01T02:15:00.123Z"}
            data = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
            if len(data) <= LARGEST_SAMPLE:
                yield data


def _stored(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            key: names.get(value, value) if key == "reference" and isinstance(value, str) else _stored(value, names)
            for key, value in node.items()
        }
    return [_stored(item, names) for item in node] if isinstance(node, list) else node


if __name__ == "__main__":
    sys.exit(main())
