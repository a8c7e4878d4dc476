"""The measures, one after the other, against one running server: all over HTTP, with real tokens."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.material import Bundles, Sender
from bench.serving import HOSPITAL, Served
from hub.store import open_store

WRITERS, READERS, SEARCHERS = 4, 8, 2
"""Connections at once."""
TRIED = 5
"""Bundles sent before anything is measured: validators compile, caches fill."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    runs: int
    bundles: int
    visits: int
    read_s: float
    search_s: float


FULL = Extent(runs=3, bundles=45, visits=900, read_s=8, search_s=8)
QUICK = Extent(runs=1, bundles=12, visits=200, read_s=2, search_s=2)


class Bench:
    """One server under measurement; `folder` takes the job files."""

    def __init__(self, server: Served, folder: Path, extent: Extent) -> None:
        self.server, self.folder, self.extent = server, folder, extent
        self.ids: list[str] = []

    def call(self, calls: list[dict[str, Any]], connections: int, seconds: float | None = None) -> dict[str, Any]:
        """Make the calls in a process of their own. RuntimeError when one is refused."""
        names = {call["client"] for call in calls}
        clients = {name: self.server.clients[name] for name in names}
        job: dict[str, Any] = {"base": self.server.base, "clients": clients, "connections": connections, "calls": calls}
        if seconds is not None:
            job["seconds"] = seconds
        place = self.folder / "job.json"
        place.write_text(json.dumps(job), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "bench.caller", str(place)],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found: dict[str, Any] = json.loads(done.stdout)
        if found["faults"]:
            raise RuntimeError(f"a request was refused: {found['faults'][0]}")
        return found

    def bundles(self, material: Bundles) -> list[float]:
        """Transaction bundles, each one part and one commit: resources per second, run by run. Raises when not exactly
        what was sent is stored."""
        before = self.resources()
        self._send(material.paths[:TRIED])
        found = []
        for run in range(self.extent.runs):
            part = slice(TRIED + run * self.extent.bundles, TRIED + (run + 1) * self.extent.bundles)
            answer = self._send(material.paths[part])
            found.append(sum(material.sizes[part]) / answer["elapsed"])
            self.ids += answer["ids"]
        if self.resources() - before != sum(material.sizes):
            raise RuntimeError("what is stored is not what was sent")
        return found

    def _send(self, paths: Sequence[Path]) -> dict[str, Any]:
        calls = [
            {
                "client": HOSPITAL["id"],
                "method": "POST",
                "path": "/fhir",
                "file": str(path),
                "headers": {"Content-Type": "application/fhir+json"},
            }
            for path in paths
        ]
        return self.call(calls, WRITERS)

    def files(self, runs: list[list[Sender]]) -> list[float]:
        """Facilities' files or rows through their adapter: resources stored per second, run by run."""
        found = []
        for senders in runs:
            calls = [
                {
                    "client": sender.facility["id"],
                    "method": "POST",
                    "path": f"/submissions/{sender.facility['adapter']}",
                    "file": str(path),
                    "headers": {"Content-Type": "application/octet-stream", "X-Filename": quote(path.name)},
                }
                for sender in senders
                for path in sender.files
            ]
            before = self.resources()
            answer = self.call(calls, SEARCHERS)
            found.append((self.resources() - before) / answer["elapsed"])
        return found

    def resources(self) -> int:
        """How many are stored."""
        store = open_store(self.server.database_url)
        with store.reading() as tx:
            number = tx.counts()["resource"]
        store.close()
        return number

    def reads(self) -> dict[str, float]:
        """GET by id, each audited durably before it is answered."""
        calls = [self._get(f"/fhir/{id_}") for id_ in self.ids[:: max(1, len(self.ids) // 2000)]]
        self.call(calls[:50], READERS)
        answer = self.call(calls, READERS, self.extent.read_s)
        return {"read_rps": len(answer["ms"]) / answer["elapsed"], "read_p95_ms": percentile(answer["ms"], 95)}

    def searches(self) -> dict[str, float]:
        """Searches within a patient and by code over all patients, taking turns."""
        patients = [id_.partition("/")[2] for id_ in self.ids if id_.startswith("Patient/")]
        loinc = "http://loinc.org|"
        within = [
            query.format(patient)
            for patient in patients
            for query in (
                "/fhir/Observation?patient={}&_count=20",
                "/fhir/Condition?patient={}",
                "/fhir/Encounter?patient={}&date=ge2010-01-01&_sort=-date",
                "/fhir/Observation?patient={}&category=vital-signs&_count=50",
            )
        ]
        across = [
            f"/fhir/Observation?code={quote(loinc + code)}&_count=20"
            for code in ("8302-2", "29463-7", "4548-4", "85354-9")
        ] + ["/fhir/Encounter?status=finished&date=ge2015-01-01&_count=20", "/fhir/Condition?_count=20"]
        calls = [self._get(path) for pair in zip(within, across * len(within), strict=False) for path in pair]
        self.call(calls[:40], SEARCHERS)
        answer = self.call(calls, SEARCHERS, self.extent.search_s)
        return {"search_p50_ms": percentile(answer["ms"], 50), "search_p95_ms": percentile(answer["ms"], 95)}

    def _get(self, path: str) -> dict[str, Any]:
        return {"client": HOSPITAL["id"], "method": "GET", "path": path}


def percentile(values: list[float], rank: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * rank // 100)]


def middle(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)
