"""What is sent: Synthea's transaction bundles where they are at hand, else bundles of our own invented people; and the
files or rows of the city's invented clinics, puskesmas and hospital. Everybody in both is synthetic."""

import json
import tarfile
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from fixtures.city import HOSPITAL, PUSKESMAS, THREE, TODAY, bundle, make
from hub.agent.run import PART_ROWS
from hub.mapping import load_adapters
from hub.mapping.readers.schema import fitted
from hub.mapping.readers.sql import open_source, read_batch
from hub.mapping.source import SourceSpec

ADAPTERS = Path(__file__).parents[1] / "adapters"
SYNTHEA = Path(__file__).parents[2] / "shared" / "data" / "synthea"
PERSONS, VISITS = 25, 3
"""Of each bundle of our own: 300 resources, as many as a Synthea bundle has."""


@dataclass(frozen=True, slots=True)
class Bundles:
    """Transaction bundles on disk, resources in each, and where they are from."""

    paths: list[Path]
    sizes: list[int]
    source: str


def bundles(folder: Path, number: int) -> Bundles:
    """`number` transaction bundles, written under `folder`."""
    folder.mkdir(parents=True)
    archives = sorted(SYNTHEA.glob("*.tar.xz"))
    texts = islice(_synthea(archives[0]), number) if archives else _own(folder / "kota", number)
    paths, sizes = [], []
    for count, text in enumerate(texts):
        path = folder / f"{count:04}.json"
        path.write_bytes(text)
        paths.append(path)
        sizes.append(len(json.loads(text)["entry"]))
    source = "Synthea" if archives else "our own invented people (no Synthea archive at ../shared/data/synthea)"
    return Bundles(paths, sizes, source)


def _synthea(archive: Path) -> Any:
    with tarfile.open(archive) as whole:
        for member in whole:
            if member.name.endswith(".json") and (file := whole.extractfile(member)):
                yield file.read()


def _own(folder: Path, number: int) -> Any:
    people = make(1, 60, folder, only=THREE).people
    for count in range(number):
        entries = []
        for place in range(PERSONS):
            person = people[(count * PERSONS + place) % len(people)]
            for visit in range(VISITS):
                made = bundle(person, day=TODAY - timedelta(days=count * VISITS + visit))
                entries += made["entry"] if visit == 0 else made["entry"][1:]
        whole = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        yield json.dumps(whole, default=float).encode()


@dataclass(frozen=True, slots=True)
class Sender:
    """A facility of one run and the files it sends."""

    facility: dict[str, Any]
    files: list[Path]


SENDERS = {
    "klinik": THREE,
    "epuskesmas": PUSKESMAS,
    "khanza": (HOSPITAL,),
}
"""For each adapter whose files are sent in one run."""


def senders(folder: Path, name: str, runs: int, visits: int) -> list[list[Sender]]:
    """For each run the facilities of an adapter, which nobody knows yet, with `visits` visits in all."""
    found = []
    for run in range(runs):
        city = make(100 + run, visits, folder / f"{name}-{run}", only=SENDERS[name])
        found.append([_sender(row, city.files[row["id"]], run) for row in city.facilities])
    return found


def _sender(row: dict[str, Any], files: list[Path], run: int) -> Sender:
    adapter = load_adapters(ADAPTERS)[row["adapter"]]
    if adapter.source is not None:
        files = [path for file in files for path in _rows(adapter.source, file)]
    return Sender({**row, "id": f"{row['id']}-{run}"}, files)


def _rows(spec: SourceSpec, database: Path) -> list[Path]:
    """What the agent sends of a database: its visits as JSON rows, 500 a part."""
    source, after = open_source(f"sqlite:///{database}"), ""
    paths: list[Path] = []
    fit = fitted(source, spec)
    while rows := read_batch(source, fit, after, "", PART_ROWS):
        after = rows[-1][spec.visits.key]
        path = database.with_name(f"bagian-{len(paths) + 1:03}.json")
        path.write_bytes(msgspec.json.encode(rows))
        paths.append(path)
    source.close()
    return paths
