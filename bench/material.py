"""What is sent: Synthea's transaction bundles where they are at hand, else bundles of our own invented people; and the
files of three invented clinics. Everybody in both is synthetic."""

import json
import tarfile
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from fixtures.city import TODAY, bundle, make

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
    people = make(1, 60, folder).people
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
class Clinic:
    """A clinic of one run and the files it sends."""

    facility: dict[str, Any]
    files: list[Path]


def clinics(folder: Path, runs: int, visits: int) -> list[list[Clinic]]:
    """For each run three clinics nobody knows yet, with `visits` visits in all."""
    found = []
    for run in range(runs):
        city = make(100 + run, visits, folder / f"kota-{run}")
        found.append([Clinic({**row, "id": f"{row['id']}-{run}"}, city.files[row["id"]]) for row in city.facilities])
    return found
