"""The measures, one after the other, against one running server: all over HTTP, with real tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench import crud
from bench.bundles import bundle_steps, places
from bench.calls import Target, accepted, make
from bench.figures import percentile
from bench.material import Bundles, Sender
from bench.serving import HOSPITAL, Served
from bench.wire import Answer, Run, Step
from hub.store import open_store

WRITERS, READERS, SEARCHERS = 4, 32, 2
"""Connections at once."""
TRIED = 5
"""Bundles sent before anything is measured: validators compile, caches fill."""
SHOWN_IDS = 40
"""Ids kept of each answered bundle."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    runs: int
    bundles: int
    visits: int
    read_s: float
    search_s: float
    crud_s: float


FULL = Extent(runs=3, bundles=45, visits=900, read_s=8, search_s=8, crud_s=8)
QUICK = Extent(runs=1, bundles=12, visits=200, read_s=2, search_s=2, crud_s=1)


class Bench:
    """One server under measurement."""

    def __init__(self, server: Served, extent: Extent) -> None:
        self.server, self.extent = server, extent
        self.ids: list[str] = []

    def bundles(self, material: Bundles) -> list[float]:
        """Transaction bundles, each one part and one commit: resources per second, run by run. Raises when not exactly
        what was sent is stored."""
        before = self.resources()
        self._send(material.paths[:TRIED])
        found = []
        for run in range(self.extent.runs):
            part = slice(TRIED + run * self.extent.bundles, TRIED + (run + 1) * self.extent.bundles)
            found.append(sum(material.sizes[part]) / self._send(material.paths[part]).elapsed)
        if self.resources() - before != sum(material.sizes):
            raise RuntimeError("what is stored is not what was sent")
        return found

    def _send(self, paths: Sequence[Path]) -> Run:
        target = self.server.target(HOSPITAL["id"])

        def seen(step: Step, answer: Answer) -> None:
            accepted(step, answer)
            self.ids += places(answer.body)[:SHOWN_IDS]

        return make(target.place, bundle_steps(target, paths), WRITERS, seen=seen)

    def files(self, runs: list[list[Sender]]) -> list[float]:
        """Facilities' files or rows through their adapter: resources stored per second, run by run."""
        found = []
        for senders in runs:
            steps = [step for sender in senders for step in self._files(sender)]
            before = self.resources()
            run = make(self.server.place, steps, SEARCHERS)
            found.append((self.resources() - before) / run.elapsed)
        return found

    def _files(self, sender: Sender) -> Iterator[Step]:
        target = self.server.target(sender.facility["id"], "")
        for path in sender.files:
            headers = {"Content-Type": "application/octet-stream", "X-Filename": quote(path.name)}
            where = f"submissions/{sender.facility['adapter']}"
            yield Step("file", target.request("POST", where, path.read_bytes(), headers))

    def resources(self) -> int:
        """How many are stored."""
        store = open_store(self.server.database_url)
        with store.reading() as tx:
            number = tx.counts()["resource"]
        store.close()
        return number

    def reads(self) -> dict[str, float]:
        """GET by id, each audited durably before it is answered."""
        target = self.server.target(HOSPITAL["id"])
        steps = [_get(target, id_) for id_ in self.ids[:: max(1, len(self.ids) // 2000)]]
        make(target.place, steps[:50], READERS)
        run = make(target.place, steps, READERS, self.extent.read_s)
        return {"read_rps": run.rps, "read_p95_ms": percentile(run.ms["GET"], 95)}

    def searches(self) -> dict[str, float]:
        """Searches within a patient and by code over all patients, taking turns."""
        patients = [id_.partition("/")[2] for id_ in self.ids if id_.startswith("Patient/")]
        loinc = "http://loinc.org|"
        within = [
            query.format(patient)
            for patient in patients
            for query in (
                "Observation?patient={}&_count=20",
                "Condition?patient={}",
                "Encounter?patient={}&date=ge2010-01-01&_sort=-date",
                "Observation?patient={}&category=vital-signs&_count=50",
            )
        ]
        across = [
            f"Observation?code={quote(loinc + code)}&_count=20" for code in ("8302-2", "29463-7", "4548-4", "85354-9")
        ] + ["Encounter?status=finished&date=ge2015-01-01&_count=20", "Condition?_count=20"]
        target = self.server.target(HOSPITAL["id"])
        steps = [_get(target, path) for pair in zip(within, across * len(within), strict=False) for path in pair]
        make(target.place, steps[:40], SEARCHERS)
        run = make(target.place, steps, SEARCHERS, self.extent.search_s)
        return {"search_p50_ms": percentile(run.ms["GET"], 50), "search_p95_ms": percentile(run.ms["GET"], 95)}

    def crud(self) -> dict[str, Any]:
        """The CRUD mix of the public k6 benchmark."""
        return crud.measure(self.server.target(HOSPITAL["id"]), self.extent.crud_s)


def _get(target: Target, path: str) -> Step:
    return Step("GET", target.request("GET", path))
