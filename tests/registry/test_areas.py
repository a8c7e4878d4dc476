"""Areas: complete, and found under the names people write."""

from pathlib import Path

import pytest

from hub.cities import derive as derivation
from hub.registry import areas, kecamatan, resolve_kelurahan

WRITTEN = [
    ("Banua Anyar", "Banua Anyar"),
    ("BENUA ANYAR", "Banua Anyar"),
    ("Kel. benua  anyar", "Banua Anyar"),
    ("Kelurahan Sei Andai", "Sungai Andai"),
    ("Soengai Miai", "Sungai Miai"),
    ("Kertak Baru Hilir", "Kertak Baru Ilir"),
    ("kertak baru hulu", "Kertak Baru Ulu"),
    ("Kuin Cerucut", "Kuin Cerucuk"),
    ("Tlk. Dalam", "Teluk Dalam"),
    ("Tj. Pagar", "Tanjung Pagar"),
    ("basirih sel.", "Basirih Selatan"),
    ("Basirih", "Basirih"),
    ("Pelambuhan", "Pelambuan"),
    ("Seberang Masjid, Kec. Banjarmasin Tengah", "Seberang Mesjid"),
    ("Mawar, Banjarmasin Tengah", "Mawar"),
    ("Surgi Mupti", "Surgi Mufti"),
    ("63.71.04.1009", "Kuin Utara"),
    ("6371041009", "Kuin Utara"),
    ("6371040003", None),
    ("Belitung", None),
    ("Kelayan", None),
    ("Alalak", None),
    ("Martapura", None),
    ("9999999999", None),
    ("", None),
    ("-", None),
]


def test_the_city_has_5_kecamatan_and_52_kelurahan() -> None:
    assert len(areas()) == 52
    assert len({area.code for area in areas()}) == 52
    assert sorted(kecamatan()) == ["637101", "637102", "637103", "637104", "637105"]
    assert all(area.code.startswith(area.kecamatan_code) and len(area.postal) == 5 for area in areas())


@pytest.mark.parametrize(("text", "name"), WRITTEN)
def test_kelurahan_as_written(text: str, name: str | None) -> None:
    found = resolve_kelurahan(text)
    assert (found.name if found else None) == name


def test_every_kelurahan_is_found_by_its_own_name_and_code() -> None:
    for area in areas():
        for text in (area.name, area.name.upper(), f"Kel. {area.name}", area.code):
            assert resolve_kelurahan(text) == area


def test_bps_codes_are_not_taken_because_some_mean_another_kelurahan() -> None:
    assert {area.bps for area in areas()} & {area.code for area in areas()}


def test_the_derivation_makes_the_file_that_is_there() -> None:
    facts = Path(__file__).parents[3] / "shared" / "facts"
    if not facts.is_dir():
        pytest.skip("the facts folder is not beside the repository")
    rows = derivation.derive(facts / "banjarmasin_wilayah.csv", facts / "banjarmasin_wilayah_extra.csv")
    assert [(row["code"], row["name"], row["postal"]) for row in rows] == [(a.code, a.name, a.postal) for a in areas()]
