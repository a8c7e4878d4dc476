"""The services, the capitation measures, mothers, children and tuberculosis in plain Python (see plainly.py)."""

from collections.abc import Callable

from tests.monitor.chance import F
from tests.monitor.plainly import (
    BIRTHS,
    DIABETES,
    GLUCOSE,
    PRESSURE,
    PRIMARY,
    TB_TESTS,
    City,
    Units,
    antibiotics,
    controlled_pressure,
    days_of,
    diabetes,
    family,
    first,
    has,
    hypertension,
    in_month,
    in_years,
    is_birth,
    lately,
    month,
    monthly,
    of_year,
    older,
    once,
    place,
    repeats,
    rows,
    spans,
    sugar,
)

TB = spans("A", 15, 19)


def weeks(facts: list[F], low: float, high: float) -> int:
    return len({f.day for f in facts if f.kind == "pregnancy" and f.value is not None and low <= f.value < high})


def mothers(city: City) -> Units:
    def fits(person: int, _: int, day: int) -> bool:
        facts = lately(city, person, day, 300)
        enough = days_of(facts, "pregnancy") >= 6 and weeks(facts, 0, 13) >= 1
        enough = enough and weeks(facts, 13, 28) >= 2 and weeks(facts, 28, 99) >= 3
        return enough and has(facts, "vital", "8480-6") and has(facts, "lab", "718-7")

    return once(city, lambda f: f.kind == "pregnancy", 200, fits)


def newborns(city: City) -> Units:
    def fits(person: int, _: int, day: int) -> bool:
        early = {f.day for f in lately(city, person, day, 28) if f.kind == "encounter" and f.band == "0-7d"}
        return len(early) >= 2

    return once(city, lambda f: f.kind == "encounter" and f.band == "8-28d", 60, fits)


def measured(codes: dict[str, int], low: int, high: int) -> Callable[[City], Units]:
    """Weight and height (and what else) on so many days of the year."""

    def counted(city: City) -> Units:
        def fits(person: int, _: int, day: int) -> bool:
            return all(days_of(of_year(city, person, day), "vital", code) >= n for code, n in codes.items())

        return once(
            city, lambda f: f.kind == "vital" and f.code in ("29463-7", "8302-2") and in_years(f, low, high), None, fits
        )

    return counted


def adults(city: City) -> Units:
    vitals = ("29463-7", "8302-2", "8280-0", "8480-6")

    def fits(person: int, _: int, day: int) -> bool:
        facts = of_year(city, person, day)
        return all(has(facts, "vital", code) for code in vitals) and has(facts, "lab", *GLUCOSE)

    def chosen(f: F) -> bool:
        return in_years(f, 15, 59) and (
            (f.kind == "vital" and f.code in vitals) or (f.kind == "lab" and f.code in GLUCOSE)
        )

    return once(city, chosen, None, fits)


def elders(city: City) -> Units:
    def fits(person: int, _: int, day: int) -> bool:
        facts = of_year(city, person, day)
        return has(facts, "vital", "8480-6") and has(facts, "lab", *GLUCOSE) and has(facts, "lab", "2093-3")

    def chosen(f: F) -> bool:
        lab = f.kind == "lab" and f.code in (*GLUCOSE, "2093-3")
        return older(f, 60) and (lab or (f.kind == "vital" and f.code == "8480-6"))

    return once(city, chosen, None, fits)


def served(families: tuple[str, ...], kind: str, codes: tuple[str, ...]) -> Callable[[City], Units]:
    """With a diagnosis, and measured at the same visit."""

    def counted(city: City) -> Units:
        return once(
            city,
            lambda f: family(f, "diagnosis", *families) and older(f, 15),
            None,
            lambda person, facility, day: has(city.at[person, facility, day], kind, *codes),
        )

    return counted


def contacts(city: City) -> Units:
    return monthly(
        city,
        lambda f: f.kind == "encounter" and city.kind_of[f.facility] in PRIMARY,
        lambda person, facility, day: has(city.at[person, facility, day], "payer", "JKN"),
    )


def prolanis(families: tuple[str, ...], good: Callable[[City, int, int], bool]) -> Callable[[City], Units]:
    """Members with a disease that is under control."""

    def counted(city: City) -> Units:
        return monthly(
            city,
            lambda f: family(f, "diagnosis", *families) and city.kind_of[f.facility] in PRIMARY,
            lambda person, facility, day: (
                has(city.at[person, facility, day], "payer", "JKN") and good(city, person, day)
            ),
        )

    return counted


def antenatal(city: City) -> Units:
    found: Units = []
    for person, day, facility, facts in first(city, is_birth, 200):
        before = lately(city, person, day, 300)
        good = days_of(before, "pregnancy") >= 6 and weeks(before, 0, 13) >= 1
        found.append((month(day), *place(facility, facts), good))
    return found


def pressure_in_pregnancy(city: City) -> Units:
    found: Units = []
    for (_, facility, day), facts in city.at.items():
        if mine := [fact for fact in facts if fact.kind == "pregnancy"]:
            found.append((month(day), *place(facility, mine), has(facts, "vital", "8480-6")))
    return found


def complete(city: City) -> Units:
    wanted = ((("08", "45"), 1), (("19",), 1), (("102", "198"), 3), (("02", "89", "178", "182"), 4), (("10",), 1))

    def fits(person: int, _: int, day: int) -> bool:
        facts = lately(city, person, day, 366)
        return all(days_of(facts, "immunization", *codes) >= n for codes, n in (*wanted, (("03", "04", "05"), 1)))

    return once(city, lambda f: f.kind == "immunization" and f.age == 0, 400, fits)


def followed(families: tuple[str, ...], good: Callable[[F, int], bool]) -> Callable[[City], Units]:
    """New cases, judged thirty days later."""

    def counted(city: City) -> Units:
        return [
            (month(day + 30), *place(facility, facts), any(good(f, day) for f in city.of[person]))
            for person, day, facility, facts in first(city, lambda f: family(f, "diagnosis", *families), 365)
        ]

    return counted


PRIMARY_REASON = ("I10", "J00", "J06", "O80", "S52")
INDICATORS: dict[str, tuple[bool, Callable[[City], Units]]] = {
    "spm-01": (False, mothers),
    "spm-02": (False, lambda city: once(city, is_birth, 200)),
    "spm-03": (False, newborns),
    "spm-04": (False, measured({"29463-7": 8, "8302-2": 2}, 0, 4)),
    "spm-05": (False, measured({"29463-7": 1, "8302-2": 1}, 7, 15)),
    "spm-06": (False, adults),
    "spm-07": (False, elders),
    "spm-08": (False, served(PRESSURE, "vital", ("8480-6",))),
    "spm-09": (False, served(DIABETES, "lab", GLUCOSE)),
    "spm-11": (False, lambda city: once(city, lambda f: f.kind == "lab" and f.code in TB_TESTS, None)),
    "inm-waktu-tunggu": (True, lambda city: rows(city, lambda f: f.kind == "wait", lambda f: (f.value or 0) <= 60)),
    "inm-anc": (True, antenatal),
    "bpjs-angka-kontak": (False, contacts),
    "bpjs-rujukan-nonspesialistik": (
        True,
        lambda city: rows(
            city,
            lambda f: f.kind == "referral" and f.code != "" and city.kind_of[f.facility] in PRIMARY,
            lambda f: f.code in ("I10", "J06.9"),
        ),
    ),
    "bpjs-prolanis-hipertensi": (
        False,
        prolanis(PRESSURE, lambda city, person, day: controlled_pressure(in_month(city, person, day))),
    ),
    "bpjs-prolanis-diabetes": (False, prolanis(DIABETES, lambda city, person, day: sugar(city, person, day, 72, 126))),
    "hipertensi-terkendali": (True, hypertension),
    "diabetes-terkendali": (True, diabetes),
    "antibiotik-ispa": (True, antibiotics),
    "kunjungan-ulang": (True, repeats),
    "anc-k1": (False, lambda city: once(city, lambda f: f.kind == "pregnancy" and (f.value or 99) < 13, 200)),
    "anc-tekanan-darah": (True, pressure_in_pregnancy),
    "imunisasi-dasar-lengkap": (False, complete),
    "imunisasi-campak-rubela": (
        False,
        lambda city: once(
            city, lambda f: f.kind == "immunization" and f.code in ("03", "04", "05") and f.age == 0, 400
        ),
    ),
    "tb-ditemukan": (False, lambda city: once(city, lambda f: family(f, "diagnosis", *TB), None)),
    "tb-dipastikan": (
        True,
        followed(("A15", "A16"), lambda f, day: f.kind == "lab" and f.code in TB_TESTS and abs(f.day - day) <= 30),
    ),
    "tb-diobati": (
        True,
        followed(TB, lambda f, day: f.kind == "medicine" and f.code[:4] == "J04A" and 0 <= f.day - day <= 30),
    ),
}
"""Code to (has a denominator in the facts, how it is counted)."""
assert set(BIRTHS) == {"O80", "O81", "O82", "O83", "O84"}
