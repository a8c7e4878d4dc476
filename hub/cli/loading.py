"""Taking in an invented city: every facility with its client, the files of clinics and puskesmas through `submit`, the
hospital's database through the agent, as it would run in the hospital."""

import json
import time
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from hub.admission import register_client
from hub.agent import PullReport, pull, state_place
from hub.auth import new_keypair
from hub.mapping import Adapter
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry import from_dict
from hub.upkeep.registering import register_facility

_MANY = 20
"""So many facilities get keys on a curve: 200 of the other kind take half a minute."""

if TYPE_CHECKING:  # a server has no use for invented people
    from fixtures.city import City


def register_city(hub: Hub, city: "City") -> list[dict[str, Any]]:
    """Make the facilities known, with one client each: what demo.json says of them.

    `sample_files` are taken in by the demo already, a hospital's `database` too; `try_file` is one that is not.
    """
    with ThreadPoolExecutor(2) as pool:  # making a key is slow and not bound by the interpreter's lock
        keys = list(pool.map(lambda _: new_keypair("RSA" if len(city.facilities) < _MANY else "EC"), city.facilities))
    found = []
    for row, (private, public) in zip(city.facilities, keys, strict=True):
        facility = register_facility(hub, from_dict(row))
        client_id = f"{facility.id}-rme"
        register_client(hub, client_id, facility.id, jwks={"keys": [public]})
        found.append(
            {
                "id": facility.id,
                "name": facility.name,
                "kind": facility.kind,
                "ownership": facility.ownership,
                "adapter": facility.adapter,
                "client_id": client_id,
                "private_jwk": private,
                **_given(hub.adapters[facility.adapter], city.files[facility.id]),
            }
        )
    return found


def _given(adapter: Adapter, files: Sequence[Path]) -> dict[str, Any]:
    """Where a visitor finds what the facility has; to try: the first file the adapter brings as its own sample, or the
    database itself."""
    found = [str(path) for path in files]
    if adapter.source is not None:
        return {"database": found[0], "sample_files": [], "try_file": None}
    samples = adapter.folder / "sample"
    names = tomllib.loads((samples / "facilities.toml").read_text(encoding="utf-8"))
    return {"database": None, "sample_files": found, "try_file": str(samples / next(iter(names)))}


def load_city(hub: Hub, city: "City", console: Console) -> None:
    """Take in everything the facilities have, telling on the console how far it is and how long it took."""
    started = time.monotonic()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        console=console,
    ) as bars:
        for row in city.facilities:
            bar = bars.add_task(row["name"], total=len(city.files[row["id"]]), state="")
            who = Principal("clinic-client", f"{row['id']}-rme", "TREAT", facility=row["id"])
            if hub.adapters[row["adapter"]].source is not None:
                _pull(hub, city, row, who, bars, bar)
            else:
                _send(hub, city, row, who, bars, bar)
    with hub.store.reading() as tx:
        counts = tx.counts()
    seconds = time.monotonic() - started
    visits, facilities = len(city.city_truth), len(city.facilities)
    console.print(
        f"[bold]{visits} kunjungan dari {facilities} faskes dimuat dalam {seconds:.1f} detik[/bold]: "
        f"{counts['resource']} sumber daya FHIR tentang {counts['compartment']} kompartemen",
        soft_wrap=True,
    )


def _send(hub: Hub, city: "City", row: dict[str, Any], who: Principal, bars: Progress, bar: TaskID) -> None:
    """File after file, as the facility would upload them."""
    accepted = refused = unread = 0
    for done, path in enumerate(city.files[row["id"]], 1):
        receipt = submit(hub, who, row["adapter"], path.read_bytes(), path.name)
        accepted += receipt.counts["accepted"]
        refused += receipt.counts["quarantined"]
        unread += receipt.state == "refused"
        state = _told(accepted, refused) + (f" · {unread} berkas ditolak" if unread else "")
        bars.update(bar, completed=done, state=state)


def _pull(hub: Hub, city: "City", row: dict[str, Any], who: Principal, bars: Progress, bar: TaskID) -> None:
    """The database, read from its beginning."""

    def tell(report: PullReport) -> None:
        bars.update(bar, state=_told(report.hub["accepted"], report.hub["quarantined"]))

    for path in city.files[row["id"]]:
        tell(pull_here(hub, who, path, None, tell))
    bars.update(bar, completed=len(city.files[row["id"]]))


def pull_here(
    hub: Hub, who: Principal, path: Path, since_days: int | None, progress: Callable[[PullReport], None] | None = None
) -> PullReport:
    """What a facility's agent does with its database, here where nobody waits for it: it does not rest between
    queries."""
    facility = hub.facilities[who.facility or ""]

    def sink(rows: bytes, name: str) -> dict[str, Any]:
        return submit(hub, who, facility.adapter, rows, name).to_dict()

    return pull(
        hub.adapters[facility.adapter],
        f"sqlite:///{path}",
        state_place(hub.config.home, facility.id),
        sink,
        facility=facility.id,
        since_days=since_days,
        load=1.0,
        now=hub.clock(),
        progress=progress,
    )


def _told(accepted: int, refused: int) -> str:
    return f"{accepted} diterima · {refused} karantina"


def seen_at(city: "City") -> list[dict[str, Any]]:
    """Everybody with a NIK who was seen at several facilities: nik, name, facilities; all sorts of them first."""
    kinds = {row["id"]: row["kind"].replace("praktik", "klinik") for row in city.facilities}
    accepted = _accepted(city)
    found = []
    for person in city.people:
        places = sorted(accepted.get(person.id, ()))
        if person.nik and len(places) > 1:
            found.append({"nik": person.nik, "name": person.name, "facilities": places})
    return sorted(found, key=lambda each: -len({kinds[place] for place in each["facilities"]}))


def _accepted(city: "City") -> dict[str, set[str]]:
    """Person id to the facilities where a row about them with their NIK is right."""
    found: dict[str, set[str]] = {}
    for line in map(json.loads, city.truth.read_text(encoding="utf-8").splitlines()):
        if line["expected"] == "accepted":
            found.setdefault(line["person"], set()).add(line["facility"])
    return found
