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
GRADES = {
    "PARIPURNA": "paripurna",
    "UTAMA": "utama",
    "MADYA": "madya",
    "DASAR": "dasar",
    "BELUM TERAKREDITASI": "belum",
}
PLATFORM = {"TERHUBUNG": "connected", "UJI COBA": "testing", "BELUM": "none"}
IN_FORCE, WITHDRAWN, CLOSED, MOVED = "BERLAKU", "DICABUT", "TUTUP", "PINDAH"


def change(item: dict[str, Any]) -> Change | None:
    """An entry as a change; None for kinds of permits that are no facility's (shops, buildings)."""
    entry, facility = str(item["no_urut"]), str(item["kode_faskes"])
    if item["jenis"] in _FIELDS:
        return Change(entry, facility, _FIELDS[item["jenis"]](item))
    if item["jenis"] != "SIP":
        return None
    number = str(item["nomor"])
    if item["status"] in (WITHDRAWN, MOVED):
        return Change(entry, facility, ended=[number])
    if item["status"] != IN_FORCE:
        raise ValueError("status")
    permit = {
        "number": number,
        "name": str(item["nama"]),
        "profession": PROFESSIONS.get(str(item["profesi"]).upper(), "lainnya"),
        "until": item["tgl_akhir"],
        "str": str(item.get("no_str") or ""),
    }
    return Change(entry, facility, permits=[permit])


def _licence(item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "licence": {"number": str(item["nomor"]), "issued": item["tgl_terbit"], "until": _until(item)},
    }
    if item.get("alamat"):
        found["address"] = str(item["alamat"])
    if item.get("tgl_operasi"):
        found["opened"] = item["tgl_operasi"]
    if item.get("telepon"):
        found["phone"] = str(item["telepon"])
    if item["status"] == CLOSED:
        found["closed"] = item["tgl_status"]
    if point := item.get("koordinat"):
        latitude, _, longitude = str(point).partition(",")
        found |= {"latitude": float(latitude), "longitude": float(longitude)}
    return found


def _accreditation(item: dict[str, Any]) -> dict[str, Any]:
    grade = GRADES.get(str(item["tingkat"]).upper(), "terakreditasi")
    return {"accreditation": {"grade": grade, "until": _until(item)}}


def _platform(item: dict[str, Any]) -> dict[str, Any]:
    known = {"state": PLATFORM[str(item["keadaan"]).upper()], "organization": str(item.get("nomor") or "")}
    return {"satusehat": {**known, "until": _until(item)}}


def _until(item: dict[str, Any]) -> Any:
    """What was withdrawn ended on the day of the decision, whatever it says about itself."""
    return item["tgl_status"] if item["status"] == WITHDRAWN else item["tgl_akhir"]


_FIELDS = {"IZIN_OPERASIONAL": _licence, "AKREDITASI": _accreditation, "SATUSEHAT": _platform}
