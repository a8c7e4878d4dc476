"""Files made by hand, one cell at a time, and the callers that send and read in these tests."""

import csv
import io
from typing import Any

from fixtures.city import City
from hub.access import next_page, search
from hub.fhir import json
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import Receipt, submit

A, B = "klinik-teratai", "klinik-bekantan"
BASE = "https://hub.test/fhir"
NIK = "6371014509909001"

ROW: dict[str, str] = {
    "no_kunjungan": "K-1",
    "tanggal_kunjungan": "03/02/2026",
    "jam_kunjungan": "09:30",
    "poli": "Umum",
    "no_rm": "000001",
    "nik": NIK,
    "nama_pasien": "Siti Noor Halimah",
    "jenis_kelamin": "P",
    "tanggal_lahir": "05/09/1990",
    "nama_nakes": "dr. Rudi Hartono",
    "no_sip": "503/901/SIP-S/DPMPTSP/2024",
    "keluhan": "Batuk pilek",
    "tekanan_darah": "120/80",
    "suhu": "37,2",
    "diagnosis_1": "J06.9",
    "diagnosis_2": "K30",
    "obat_1": "Paracetamol 500 mg",
    "aturan_pakai_1": "3 x 1",
    "jumlah_1": "10",
}
"""A row that is accepted without a word."""


def row(**changes: str) -> dict[str, str]:
    """The good row with changes; an empty value leaves the cell blank."""
    return ROW | changes


def file_of(*rows: dict[str, str]) -> bytes:
    """The rows as a CSV file of the clinic template."""
    names = list(dict.fromkeys(name for each in rows for name in each))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def client_of(facility: str) -> Principal:
    """The facility's client system, for treatment."""
    return Principal("clinic-client", f"{facility}-rme", "TREAT", facility=facility, scopes=("system/*.crus",))


def send(hub: Hub, facility: str, data: bytes, name: str = "kunjungan.csv") -> Receipt:
    """A file from a facility, through the clinic adapter."""
    return submit(hub, client_of(facility), "klinik_csv", data, name)


def send_city(hub: Hub, city: City) -> list[Receipt]:
    """Every file of the city, in the order it was written."""
    return [
        send(hub, facility["id"], path.read_bytes(), path.name)
        for facility in city.facilities
        for path in city.files[facility["id"]]
    ]


def found(hub: Hub, who: Principal, type_: str, *params: tuple[str, str]) -> dict[str, Any]:
    """A search's Bundle."""
    return json.read(search(hub, who, type_, list(params), False, BASE))


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """What a Bundle holds."""
    return [entry["resource"] for entry in bundle.get("entry", ())]


def every(hub: Hub, who: Principal, type_: str, *params: tuple[str, str]) -> list[dict[str, Any]]:
    """All pages of a search; the total must be what the pages hold, and no page may repeat another."""
    bundle = found(hub, who, type_, *params)
    total, held = bundle["total"], resources(bundle)
    while link := next((each["url"] for each in bundle["link"] if each["relation"] == "next"), None):
        bundle = json.read(next_page(hub, who, type_, link.partition("_page=")[2], BASE))
        assert bundle["total"] == total
        held += resources(bundle)
    ids = [resource["id"] for resource in held]
    assert len(ids) == len(set(ids)) == total
    return held


def counts(hub: Hub) -> dict[str, int]:
    """How many rows the store's tables hold."""
    with hub.store.reading() as tx:
        return tx.counts()


class OpenDoor:
    """What the API lends a Bundle (hub.pipeline.responses.Door), for a caller with every scope."""

    wanted, lang = None, "id"

    def status_line(self, category):
        return str(category)

    def require(self, type_, interaction, path=""):
        """Everything is allowed."""

    def require_conditions(self, entry):
        """So is every search."""

    def fetch(self, request):
        raise NotImplementedError("no entry reads")
