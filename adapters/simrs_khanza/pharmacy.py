"""Prescriptions (resep_obat, resep_dokter) and what the pharmacy handed out (detail_pemberian_obat)."""

from decimal import Decimal

from hub.mapping import Coding, Context, Record
from hub.mapping.build import (
    Visit,
    codeable,
    immunization,
    location,
    medication_dispense,
    medication_request,
    occasion,
)
from hub.mapping.values.numbers import Amount

from .reading import Resource, Staff, amount_of, lenient, time_of, words

Handed = dict[tuple[str, str], Resource]
"""Prescription items by when they were handed out and what: how Khanza itself joins the two tables."""


def prescriptions(record: Record, context: Context, visit: Visit, staff: Staff) -> tuple[list[Resource], Handed]:
    """One MedicationRequest per item, and how the dispensing finds it."""
    found: list[Resource] = []
    handed: Handed = {}
    seen: dict[str, int] = {}
    for row in record.group("resep"):
        number, item = row.text("no_resep"), row.text("kode_brng")
        start = time_of(row, "tgl_peresepan", "jam_peresepan", context)
        filled = time_of(row, "tgl_perawatan", "jam", context)
        given = time_of(row, "tgl_penyerahan", "jam_penyerahan", context)
        who = staff.read(row, "kd_dokter", "nm_dokter", "ktp_dokter", "no_ijn_praktek")
        text, code = _medicine(row, context)
        dosage, status = words(row, "aturan_pakai"), row.text("status_resep")
        dispensed = _quantity(row)
        if not (number and item and text):
            continue
        part = f"{number}/{item}"
        seen[part] = seen.get(part, 0) + 1
        if seen[part] > 1:  # the table has no key: the same medicine may stand twice on one prescription
            part = f"{part}/{seen[part]}"
        written = occasion(visit, "resep", start, who)
        request = medication_request(written, part, text=text, code=code, dosage=dosage, dispensed=dispensed)
        request["status"] = "completed" if filled or given else "active"
        if status:
            request["category"] = [_category(status)]
        found.append(request)
        if filled:
            handed.setdefault((filled, item), request)
    return found, handed


def dispensing(record: Record, context: Context, visit: Visit, handed: Handed) -> list[Resource]:
    """One MedicationDispense per row, an Immunization for a vaccine; and the Locations of the stores."""
    found: list[Resource] = []
    stores: dict[str, Resource] = {}
    for row in record.group("obat"):
        start = time_of(row, "tgl_perawatan", "jam", context)
        item, batch, invoice = row.text("kode_brng"), row.text("no_batch") or "", row.text("no_faktur") or ""
        store, name = words(row, "kd_bangsal"), words(row, "nm_bangsal")
        vaccine = context.codes.find("imunisasi", row.cell("nama_brng"))
        text, code = _medicine(row, context, is_vaccine=vaccine is not None)
        dosage = words(row, "aturan")
        dispensed = _quantity(row)
        if not (item and text):
            continue
        day, clock = row.cell("tgl_perawatan"), row.cell("jam")
        given = occasion(visit, f"{day}T{clock}", start, None)
        part = "/".join(each for each in (item, batch, invoice) if each)
        if vaccine:
            found.append(_vaccinated(immunization(given, part, text=text, code=vaccine), batch))
            continue
        if store:
            stores[store] = location(visit.source, f"bangsal/{store}", name=name or store, form="wa")
        request = handed.get((start or "", item))
        place = f"bangsal/{store}" if store else None
        found.append(
            medication_dispense(
                given, part, text=text, code=code, dispensed=dispensed, dosage=dosage, request=request, place=place
            )
        )
    return [*stores.values(), *found]


def _vaccinated(found: Resource, batch: str) -> Resource:
    """The pharmacy's row names a batch but nobody who vaccinated."""
    found.pop("performer", None)
    return found | ({"lotNumber": batch} if batch else {})


def _medicine(row: Record, context: Context, is_vaccine: bool = False) -> tuple[str | None, Coding | None]:
    text = words(row, "nama_brng")
    code = context.codes.find("obat", text) if text else None
    if text and not code and not is_vaccine:
        row.warn("nama_brng", "HUB-2080", kind="obat")
    return text, code


def _quantity(row: Record) -> Amount | None:
    """How much, in the unit of the stock list."""
    value, unit = row.take("jml", lenient(amount_of)), words(row, "kode_sat")
    return Amount(value, None, unit) if value is not None and value > Decimal(0) else None


def _category(status: str) -> Resource:
    code = "inpatient" if status.casefold() == "ranap" else "outpatient"
    system = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
    return codeable(None, Coding(system, code, code.capitalize()))
