"""One visit, typed in on a phone by a solo doctor or midwife. It goes the same way as a file of one row."""

import csv
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.responses import Response

from hub.access.known import name_of, own_patient, record_number
from hub.clock import city_zone
from hub.errors import fix, text
from hub.fhir import json
from hub.fhir.systems import NIK
from hub.model import Issue
from hub.parts import Hub
from hub.pipeline import submit
from hub.pipeline.receipts import Receipt
from hub.web.call import Call, Lang
from hub.web.language import translator
from hub.web.render import page

ADAPTER = "klinik_csv"
"""The template whose columns the form's fields are, whatever else the facility sends with."""
FIELDS = (
    *("tanggal_kunjungan", "jam_kunjungan", "poli", "no_rm", "nik", "nama_pasien", "jenis_kelamin", "tanggal_lahir"),
    *("no_hp", "kelurahan", "nama_nakes", "no_sip", "keluhan", "tekanan_darah", "suhu", "nadi", "berat_badan"),
    *("tinggi_badan", "diagnosis_1", "diagnosis_2", "tindakan_1"),
    *(f"{name}_{n}" for n in (1, 2, 3) for name in ("obat", "aturan_pakai", "jumlah")),
)
_KEPT = ("nama_nakes", "no_sip", "poli")
"""What the next visit of the same hands begins with."""
_OF_PATIENT = ("nik", "no_rm", "nama_pasien", "jenis_kelamin", "tanggal_lahir", "no_hp", "kelurahan")
_TYPED = ("nik", "no_rm")
"""What a patient is looked for by: never replaced."""
_NUMBER = re.compile(r"HP-\d{8}-[0-9a-f]{10}")
_LONGEST = 500


def ask(hub: Hub, call: Call) -> Response:
    """GET /faskes/kunjungan: an empty form."""
    return _form(hub, call, _fresh(hub, {}))


def find(hub: Hub, call: Call) -> Response:
    """POST /faskes/kunjungan/cari: fill in a patient this facility knows already. By POST: a NIK is no part of an
    address. What stood there of another patient goes, found or not."""
    values = {name: value for name, value in _values(call).items() if name in _TYPED or name not in _OF_PATIENT}
    nik = re.sub(r"[\s.\-']", "", values["nik"])
    found = own_patient(hub, call.caller, nik=nik, mrn="_".join(values["no_rm"].split()))
    known = _fields(found.patient) if found.patient else {}
    typed = {name: values[name] for name in _TYPED if values[name]}
    about = {"is_known": bool(known), "is_apart": found.is_apart, "is_unknown": not known and not found.is_apart}
    return _form(hub, call, {**_fresh(hub, values), **known, **typed}, **about)


def enter(hub: Hub, call: Call) -> Response:
    """POST /faskes/kunjungan: store the visit, or show the form again with what to mend beside each field. The form's
    own number names the visit, so that pressing twice stores it once."""
    values = _values(call)
    number = call.value("no_kunjungan")
    row = {"no_kunjungan": number if _NUMBER.fullmatch(number) else _number(hub), **values}
    checked = _send(hub, call, row, is_check=True)
    faults = [issue for issue in checked.issues if issue.severity in ("error", "fatal")]
    if faults:
        return _form(hub, call, row, faults=_by_field(faults, call.lang), status=422)
    stored = _send(hub, call, row, is_check=False)
    notes = [text(_named(issue, call.lang), call.lang) for issue in stored.issues if issue.severity == "warning"]
    kept = {name: row[name] for name in _KEPT}
    return _form(hub, call, _fresh(hub, kept), stored=stored, name=row["nama_pasien"], notes=notes)


def _form(hub: Hub, call: Call, values: Mapping[str, str], *, status: int = 200, **about: object) -> Response:
    adapter = hub.adapters[ADAPTER]
    polis = next(column.allowed for column in adapter.manifest.columns if column.name == "poli")
    content: dict[str, object] = {"faults": {}, "stored": None, "name": "", "notes": []}
    content |= dict.fromkeys(("is_known", "is_unknown", "is_apart"), False)
    content |= about
    return page(
        hub.config,
        call,
        "visit.html",
        status=status,
        values=dict.fromkeys(FIELDS, "") | dict(values),
        polis=polis,
        medicines=_medicines(hub),
        diagnoses=[f"{code} - {words[call.lang]}" for code, words in frequent_diagnoses().items()],
        **content,
    )


def _send(hub: Hub, call: Call, row: Mapping[str, str], *, is_check: bool) -> Receipt:
    data = json.write([{name: value for name, value in row.items() if value}])
    name = f"{row['no_kunjungan']}.json"
    return submit(hub, call.caller, ADAPTER, data, name, mode="check" if is_check else "store")


def _values(call: Call) -> dict[str, str]:
    return {name: call.value(name).strip()[:_LONGEST] for name in FIELDS}


def _fresh(hub: Hub, values: Mapping[str, str]) -> dict[str, str]:
    now = _now(hub)
    filled = {"no_kunjungan": _number(hub), "tanggal_kunjungan": f"{now:%Y-%m-%d}", "jam_kunjungan": f"{now:%H:%M}"}
    return {**filled, **{name: value for name, value in values.items() if value}}


def _now(hub: Hub) -> datetime:
    return datetime.fromtimestamp(hub.clock() / 1000, city_zone())


def _number(hub: Hub) -> str:
    return f"HP-{_now(hub):%Y%m%d}-{secrets.token_hex(5)}"


def _fields(patient: dict[str, Any]) -> dict[str, str]:
    tree: dict[str, list[dict[str, str]]] = {k: v for k, v in patient.items() if isinstance(v, list)}
    ids = {each.get("system", ""): str(each.get("value", "")) for each in tree.get("identifier", ())}
    found = {
        "nama_pasien": name_of(patient),
        "jenis_kelamin": {"male": "L", "female": "P"}.get(str(patient.get("gender")), ""),
        "tanggal_lahir": str(patient.get("birthDate", "")),
        "nik": ids.get(NIK, ""),
        "no_rm": record_number(patient),
        "no_hp": next((t.get("value", "") for t in tree.get("telecom", ())), ""),
        "kelurahan": next((a.get("district", "") for a in tree.get("address", ())), ""),
    }
    return {name: value for name, value in found.items() if value}


def _by_field(issues: Iterable[Issue], lang: Lang) -> dict[str, list[str]]:
    """Field name ("" = the whole visit) to sentences: what is wrong and what to do."""
    found: dict[str, list[str]] = {}
    for issue in issues:
        field = issue.column if issue.column in FIELDS else ""
        named = _named(issue, lang)
        sentence = f"{text(named, lang)} {fix(named, lang)}"
        if sentence not in found.setdefault(field or "", []):
            found[field or ""].append(sentence)
    return found


def _named(issue: Issue, lang: Lang) -> Issue:
    """The issue with the field's label, as the form shows it, in place of the template's column."""
    if issue.column not in FIELDS:
        return issue
    label = translator(lang)(f"visit.{issue.column}")
    return replace(issue, column=label.split(",")[0].split(" (")[0])


def _medicines(hub: Hub) -> list[str]:
    """Names to choose from: the first spelling of each medicine the template knows. Any other may be typed."""
    names: dict[object, str] = {}
    codes = hub.adapters[ADAPTER].codes
    for kind, words in codes:
        if kind == "obat":
            names.setdefault(codes.entries[kind, words], words)
    return sorted(names.values())


@cache
def frequent_diagnoses() -> dict[str, dict[str, str]]:
    """ICD-10 codes that primary care writes most, with short names of our own in both languages, to choose from."""
    source = files("hub.web").joinpath("frequent_diagnoses.csv").read_text(encoding="utf-8")
    return {row["code"]: {"id": row["id"], "en": row["en"]} for row in csv.DictReader(source.splitlines())}
