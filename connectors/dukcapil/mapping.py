"""Questions to the civil registry and what its answers mean. Pure. It answers yes or no; no data about a person come
back except the family card's number, of which the hub keeps a keyed token."""

from typing import Any

from hub.registry.feeds import Person, Verdict

_SEX = {"male": "LAKI-LAKI", "female": "PEREMPUAN"}
_FIELDS = {
    "nik": "NIK",
    "name": "NAMA_LGKP",
    "birth_date": "TGL_LHR",
    "birth_place": "TMPT_LHR",
    "sex": "JENIS_KLMIN",
    "kelurahan": "KEL_NAME",
}
_AGREES = {"sesuai": True, "tidak sesuai": False}
_FOUND, _NOT_FOUND = "00", "13"
_SEXES = {"L": "male", "P": "female", "": ""}


def question(person: Person) -> dict[str, Any]:
    """The body of the question about one person; what is not known is not asked."""
    year, month, day = person.birth_date.split("-")
    asked = {
        "NIK": person.nik,
        "NAMA_LGKP": person.name.upper(),
        "TGL_LHR": f"{day}-{month}-{year}",
        "TMPT_LHR": person.birth_place.upper(),
        "JENIS_KLMIN": _SEX.get(person.sex, ""),
        "KEL_NAME": person.kelurahan.upper(),
    }
    return {name: value for name, value in asked.items() if value}


def verdict(answer: dict[str, Any]) -> Verdict:
    """What an answer says; a NIK that was not found does not agree, and nothing else is known. ValueError for any other
    code: that the registry is busy, or that it may not be asked, says nothing about the person."""
    if answer["kode"] == _NOT_FOUND:
        return Verdict({"nik": False})
    if answer["kode"] != _FOUND:
        raise ValueError("kode")
    content = answer["content"]
    said = {name: _AGREES.get(str(content.get(field, "")).strip().lower()) for name, field in _FIELDS.items()}
    return Verdict(
        {name: agrees for name, agrees in said.items() if agrees is not None}, str(content.get("NO_KK") or "")
    )


def sums(item: dict[str, Any]) -> dict[str, Any]:
    """A line of population: year, area (10 digits), sex (male, female, "" = both), band (years "5-9", "" = all),
    people."""
    return {
        "year": int(item["tahun"]),
        "area": str(item["kode_kel"]).replace(".", ""),
        "sex": _SEXES[str(item.get("jk") or "")],
        "band": str(item.get("umur") or ""),
        "people": int(item["jumlah"]),
    }
