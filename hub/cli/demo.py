"""`hub demo`: invent a city, take in what its hospital, puskesmas and clinics would really send, serve, and print where
to look.

Every person and facility is invented (DATA SINTETIS); only the kecamatan and kelurahan are real places.
"""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

from hub.admission import mint_login_link
from hub.admission.links import patient_by_nik
from hub.admission.screens import add_screen
from hub.bootstrap import build, settle
from hub.cli.loading import load_city, register_city, seen_at
from hub.cli.output import USAGE, fail
from hub.cli.serving import reserved, run
from hub.cli.weekly import load_weeks, prepare_apart
from hub.clock import city_zone
from hub.config import Config, read_config
from hub.errors import HubError
from hub.model.people import Role
from hub.parts import Hub
from hub.upkeep.sequencing import sequence

SEED = 20261122
SHOWN_PATIENTS = 5
_CITY_ROLES: tuple[tuple[Role, str], ...] = (
    ("auditor", "demo-auditor"),
    ("surveillance", "demo-surveilans"),
    ("privacy-officer", "demo-dpo"),
    ("steward", "demo-steward"),
)
_ROLE_WORDS = {
    "clinician": "klinisi",
    "auditor": "dinas/auditor",
    "surveillance": "dinas/surveilans",
    "privacy-officer": "petugas PDP",
    "steward": "petugas identitas",
}
_WHAT_FOR = {
    "auditor": "mutu layanan seluruh kota",
    "surveillance": "sinyal penyakit",
    "privacy-officer": "permintaan pasien, jejak akses",
    "steward": "orang yang sama atau bukan",
}
_FIRST = ("rumah-sakit", "puskesmas", "klinik", "praktik")
"""One clinician's link of each sort is shown on the console; demo.json has all."""


def demo() -> None:
    """Set everything up and serve. Running it again keeps what is there."""
    config = read_config()
    if config.mode == "production":
        fail("the demo invents people: it never runs with HUB_MODE=production; use `hub serve`", USAGE)
    console = Console()
    console.print(f"[bold]Jukung[/bold] · DATA SINTETIS · {config.home}")
    started = time.monotonic()
    place = config.home / "demo.json"
    kept = json.loads(place.read_text(encoding="utf-8")) if place.exists() else None
    if kept is not None and "city" not in kept:
        fail(f"{place} is of an older demo; choose another HUB_HOME, or remove {config.home} to begin anew", USAGE)
    if kept is not None and config.demo_city == "big" and kept["city"] != "big":
        fail(f"{config.home} holds the small demo: HUB_HOME=var-city make city, or make clean first", USAGE)
    listener = reserved(config)
    hub = build(config)
    if kept is None:
        facilities, known = _take_in(hub, config, console)
    else:
        facilities = kept["facilities"]
        known = [each for each in [kept["everywhere"], *kept["patients"]] if each]
    about = {"city": kept["city"] if kept else config.demo_city} | _describe(hub, config, facilities, known)
    place.write_text(json.dumps(about, ensure_ascii=False, indent=2), encoding="utf-8")
    place.chmod(0o600)
    _print(console, about, place, time.monotonic() - started)
    run(config, hub, listener)


def _take_in(hub: Hub, config: Config, console: Console) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Invent the city that HUB_DEMO_CITY asks for, take in what it has; its facilities, people seen at several."""
    from fixtures import bigcity, city  # what only the demo needs is no part of a server

    place, today = config.home / "kota", datetime.now(city_zone()).date()
    if config.demo_city == "big":
        made = bigcity.make_big(SEED, config.demo_visits, place, today)
        facilities = register_city(hub, made)
        settle()
        load_weeks(hub, made, console)
        console.print(f"Yang disembunyikan untuk ditemukan: [cyan]{place / 'kebenaran.json'}[/cyan]", soft_wrap=True)
        known = seen_at(made)
    else:
        small = city.make(SEED, config.demo_visits, place, today=today)
        facilities = register_city(hub, small)
        settle()
        load_city(hub, small, console)
        known = seen_at(small)
    sequence(hub)
    _release(hub, console)
    return facilities, known


def _release(hub: Hub, console: Console) -> None:
    """The city's figures of the months that are over, as they would be on the day they close: in a process of its own,
    for what counts many facts is nothing a server should carry along."""
    started = time.monotonic()
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        months = apart.submit(prepare_apart, hub.config).result()
    console.print(f"Angka kota dirilis untuk {len(months)} bulan dalam {time.monotonic() - started:.1f} detik")


def _describe(
    hub: Hub, config: Config, facilities: list[dict[str, Any]], known: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Everything a visitor or a script needs to try the hub."""
    logins = [
        {
            "role": "clinician",
            "facility": row["id"],
            "kind": row["kind"],
            "url": mint_login_link(hub, "clinician", facility=row["id"], person=f"petugas-{row['id']}"),
        }
        for row in facilities
    ]
    logins += [{"role": role, "url": mint_login_link(hub, role, person=person)} for role, person in _CITY_ROLES]
    everywhere = next((found for each in known if (found := _everywhere(hub, facilities, each))), None)
    patients: list[dict[str, Any]] = []
    for each in known:
        if len(patients) == SHOWN_PATIENTS:
            break
        if everywhere and each["nik"] == everywhere["nik"]:
            continue
        if url := _patient_link(hub, each["nik"]):
            patients.append({**each, "login_url": url})
    return {
        "base": config.base_url,
        "wall": f"{config.base_url}/papan#layar={add_screen(hub, 'demo')}",
        "fhir": f"{config.base_url}/fhir",
        "token_endpoint": f"{config.base_url}/oauth2/token",
        "facilities": facilities,
        "logins": logins,
        "everywhere": everywhere,
        "patients": patients,
    }


def _everywhere(hub: Hub, facilities: Sequence[dict[str, Any]], one: dict[str, Any]) -> dict[str, Any] | None:
    """Somebody the hub knows as one person at a hospital, a puskesmas and a clinic: with link and facilities."""
    try:
        compartment = patient_by_nik(hub, one["nik"])
    except HubError:
        return None
    with hub.store.reading() as tx:
        held = tx.compartments(tx.person({compartment})).values()
    places = sorted({hub.numbers[row.author].id for row in held})
    kinds = {row["kind"].replace("praktik", "klinik") for row in facilities if row["id"] in places}
    url = _patient_link(hub, one["nik"]) if len(kinds) == 3 else None
    return {"nik": one["nik"], "name": one["name"], "facilities": places, "login_url": url} if url else None


def _patient_link(hub: Hub, nik: str) -> str | None:
    try:
        return mint_login_link(hub, "patient", nik=nik)
    except HubError:
        return None  # all rows with this NIK were refused: nobody to sign in


def _print(console: Console, about: dict[str, Any], place: Path, seconds: float) -> None:
    def line(who: str, where: str, url: str) -> None:
        console.print(f"  {who:<18}{where:<32} {url}", soft_wrap=True, highlight=False)

    console.print(
        f"\n[bold]Siap dalam {seconds:.0f} detik[/bold] · semua alamat dan kunci: [cyan]{place}[/cyan]\n",
        soft_wrap=True,
    )
    shown: set[str] = set()
    for login in sorted(about["logins"], key=lambda each: _FIRST.index(each.get("kind", "praktik"))):
        kind = login.get("kind", "").replace("praktik", "klinik") or login["role"]
        if kind not in shown:
            shown.add(kind)
            line(_ROLE_WORDS[login["role"]], login.get("facility") or _WHAT_FOR[login["role"]], login["url"])
    one = about["everywhere"]
    if one:
        line("pasien", one["name"], one["login_url"])
        names = {row["id"]: row["name"] for row in about["facilities"]}
        places = ", ".join(names[id_] for id_ in one["facilities"])
        console.print(f"  {'':<18}satu orang, dikenali di {places}", soft_wrap=True, highlight=False)
    for patient in about["patients"][:2]:
        line("pasien", patient["name"], patient["login_url"])
    console.print("\nTautan masuk hanya berlaku sekali.")
    console.print(f"[bold]Beranda[/bold]   {about['base']}/", soft_wrap=True)
    console.print(f"Papan     {about['wall']}", soft_wrap=True, highlight=False)
    console.print(f"FHIR R4   {about['fhir']}/metadata\n\nHentikan dengan Ctrl+C.", soft_wrap=True)
