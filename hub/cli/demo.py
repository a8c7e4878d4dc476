"""`hub demo`: invent a city, take in what three clinics would really send, serve, and print where to look.

Every person and clinic is invented (DATA SINTETIS); only the kecamatan and kelurahan are real places.
"""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from fixtures.city import City, make
from hub.admission import mint_login_link, register_client
from hub.auth import new_keypair
from hub.bootstrap import build, settle
from hub.cli.output import USAGE, fail
from hub.cli.serving import run
from hub.clock import WITA
from hub.config import Config, read_config
from hub.errors import HubError
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry import from_dict
from hub.upkeep.registering import register_facility
from hub.upkeep.sequencing import sequence

SEED = 20261122
SHOWN_PATIENTS = 5


def demo() -> None:
    """Set everything up and serve. Running it again keeps what is there."""
    config = read_config()
    if config.mode == "production":
        fail("the demo invents people: it never runs with HUB_MODE=production; use `hub serve`", USAGE)
    console = Console()
    console.print(f"[bold]Jukung[/bold] · DATA SINTETIS · {config.home}")
    started = time.monotonic()
    hub = build(config)
    place = config.home / "demo.json"
    kept = json.loads(place.read_text(encoding="utf-8")) if place.exists() else None
    if kept is None:
        city = make(SEED, config.demo_visits, config.home / "kota", today=datetime.now(WITA).date())
        facilities = _register(hub, city)
        settle()
        _load(hub, city, console)
        sequence(hub)
        known = [(each.nik, each.name) for each in city.people if each.nik and len(city.visited.get(each.id, ())) > 1]
    else:
        facilities = kept["facilities"]
        known = [(each["nik"], each["name"]) for each in kept["patients"]]
    about = _describe(hub, config, facilities, known)
    place.write_text(json.dumps(about, ensure_ascii=False, indent=2), encoding="utf-8")
    place.chmod(0o600)
    _print(console, about, place, time.monotonic() - started)
    run(config, hub)


def _register(hub: Hub, city: City) -> list[dict[str, Any]]:
    """The clinics with one client each."""
    found = []
    for row in city.facilities:
        facility = register_facility(hub, from_dict({"number": 1, **row}))
        client_id = f"{facility.id}-rme"
        private, public = new_keypair("RSA")
        register_client(hub, client_id, facility.id, jwks={"keys": [public]})
        found.append(
            {
                "id": facility.id,
                "name": facility.name,
                "adapter": facility.adapter,
                "client_id": client_id,
                "private_jwk": private,
                "sample_files": [str(path) for path in city.files[facility.id]],
            }
        )
    return found


def _load(hub: Hub, city: City, console: Console) -> None:
    started = time.monotonic()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        console=console,
    ) as bars:
        for row in city.facilities:
            who = Principal("clinic-client", f"{row['id']}-rme", "TREAT", facility=row["id"])
            for path in city.files[row["id"]]:
                bar = bars.add_task(f"{row['name']} · {path.name}", total=None, state="")

                def tell(done: int, total: int, counts: dict[str, int], bar: Any = bar) -> None:
                    state = f"{counts['accepted']} diterima · {counts['quarantined']} karantina"
                    bars.update(bar, completed=done, total=total, state=state)

                submit(hub, who, row["adapter"], path.read_bytes(), path.name, progress=tell)
    with hub.store.reading() as tx:
        counts = tx.counts()
    seconds = time.monotonic() - started
    console.print(f"{counts['resource']} resources, {counts['compartment']} compartments in {seconds:.1f} s")


def _describe(
    hub: Hub, config: Config, facilities: list[dict[str, Any]], known: list[tuple[str, str]]
) -> dict[str, Any]:
    """Everything a visitor or a script needs to try the hub."""
    logins = [
        {
            "role": "clinician",
            "facility": row["id"],
            "url": mint_login_link(hub, "clinician", facility=row["id"], person=f"petugas-{row['id']}"),
        }
        for row in facilities
    ]
    logins.append({"role": "auditor", "url": mint_login_link(hub, "auditor", person="demo-auditor")})
    logins.append({"role": "privacy-officer", "url": mint_login_link(hub, "privacy-officer", person="demo-dpo")})
    patients: list[dict[str, Any]] = []
    for nik, name in known:
        if len(patients) == SHOWN_PATIENTS:
            break
        try:
            url = mint_login_link(hub, "patient", nik=nik)
        except HubError:
            continue  # all rows of this person were refused: nobody to sign in
        patients.append({"nik": nik, "name": name, "login_url": url})
    return {
        "base": config.base_url,
        "fhir": f"{config.base_url}/fhir",
        "token_endpoint": f"{config.base_url}/oauth2/token",
        "facilities": facilities,
        "logins": logins,
        "patients": patients,
    }


def _print(console: Console, about: dict[str, Any], place: Path, seconds: float) -> None:
    console.print(
        f"\n[bold]Siap dalam {seconds:.0f} detik[/bold] · semua alamat: [cyan]{place}[/cyan]\n", soft_wrap=True
    )
    console.print(f"  Beranda     {about['base']}/")
    console.print(f"  FHIR R4     {about['fhir']}/metadata")
    for login in about["logins"]:
        console.print(f"  {login['role']:<16}{login.get('facility', ''):<18}{login['url']}", soft_wrap=True)
    for patient in about["patients"][:3]:
        console.print(f"  pasien          {patient['name']:<26}{patient['login_url']}", soft_wrap=True)
    console.print("\nTautan masuk hanya berlaku sekali. Hentikan dengan Ctrl+C.\n")
