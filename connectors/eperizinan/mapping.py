"""What an entry of the licence feed means for a facility. Pure; every field is used or left out on purpose
(README.md)."""

from typing import Any

from hub.registry.feeds import Change

PROFESSIONS = {
    "DOKTER UMUM": "dokter",
    "DOKTER GIGI": "dokter-gigi",
    "DOKTER SPESIALIS": "dokter-spesialis",
    "BIDAN": "bidan",
    "PERAWAT": "perawat",
    "APOTEKER": "apoteker",
    "TENAGA VOKASI FARMASI": "tenaga-farmasi",
    "AHLI TEKNOLOGI LABORATORIUM MEDIK": "analis-lab",
    "NUTRISIONIS": "gizi",
    "FISIOTERAPIS": "fisioterapis",
    "RADIOGRAFER": "radiografer",
}
HOLDS, WITHDRAWN, CLOSED, MOVED = "BERLAKU", "DICABUT", "TUTUP", "PINDAH"


def change(item: dict[str, Any]) -> Change | None:
    """An entry as a change; None for kinds of permits that are no facility's (shops, buildings)."""
    entry, facility = str(item["no_urut"]), str(item["kode_faskes"])
    if item["jenis"] == "IZIN_OPERASIONAL":
        return Change(entry, facility, _licence(item))
    if item["jenis"] != "SIP":
        return None
    number = str(item["nomor"])
    if item["status"] in (WITHDRAWN, MOVED):
        return Change(entry, facility, ended=[number])
    permit = {
        "number": number,
        "name": str(item["nama"]),
        "profession": PROFESSIONS.get(str(item["profesi"]).upper(), "lainnya"),
        "until": item["tgl_akhir"],
        "str": str(item.get("no_str") or ""),
    }
    return Change(entry, facility, permits=[permit])


def _licence(item: dict[str, Any]) -> dict[str, Any]:
    status = item["status"]
    # a licence that was withdrawn ended on the day of the decision, whatever it says about itself
    until = item["tgl_status"] if status == WITHDRAWN else item["tgl_akhir"]
    found: dict[str, Any] = {
        "licence": {"number": str(item["nomor"]), "issued": item["tgl_terbit"], "until": until},
    }
    if item.get("alamat"):
        found["address"] = str(item["alamat"])
    if item.get("tgl_operasi"):
        found["opened"] = item["tgl_operasi"]
    if status == CLOSED:
        found["closed"] = item["tgl_status"]
    if point := item.get("koordinat"):
        latitude, _, longitude = str(point).partition(",")
        found |= {"latitude": float(latitude), "longitude": float(longitude)}
    return found
