"""`hub adapter new NAME`: a folder that passes the contract test from its first minute, to be changed step by step."""

import re
from pathlib import Path

from hub.mapping.adapter import load_adapter
from hub.mapping.goldens import write_goldens

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")

_MANIFEST = """\
# What the source sends. Shape and meaning: hub/mapping/manifest.py; manual: docs/adapters.md.
title = "{name}"
version = "0.1"
owner = "siapa yang memelihara adapter ini"
unit = "satu kunjungan"
key = ["nomor"]
as_of = "tanggal"
identity = [["nik"], ["nama", "tanggal_lahir", "jenis_kelamin"]]

[expect] # resources a row yields: minimum, maximum
Patient = [1, 1]
Encounter = [1, 1]
Condition = [0, 1]

[[column]]
name = "nomor"
type = "text"
required = true
aliases = ["No Kunjungan"]
id = "Nomor kunjungan yang tetap."
en = "A permanent visit number."
example = "CONTOH-1"

[[column]]
name = "tanggal"
type = "date"
required = true
aliases = ["Tgl"]
id = "Tanggal kunjungan."
en = "Day of the visit."
example = "15/01/2025"

[[column]]
name = "nik"
type = "nik"
id = "NIK pasien, 16 angka."
en = "The patient's NIK, 16 digits."
example = "1100014509900001"

[[column]]
name = "nama"
type = "text"
required = true
id = "Nama pasien."
en = "The patient's name."
example = "Siti Contoh"

[[column]]
name = "jenis_kelamin"
type = "choice"
required = true
aliases = ["L/P"]
id = "L laki-laki, P perempuan."
en = "L male, P female."
example = "P"
allowed = ["L", "P"]

[[column]]
name = "tanggal_lahir"
type = "date"
required = true
id = "Tanggal lahir."
en = "Date of birth."
example = "05/09/1990"

[[column]]
name = "diagnosis"
type = "code"
id = "Diagnosis, kode ICD-10."
en = "Diagnosis, ICD-10 code."
example = "J06.9"

[[ignore]]
name = "catatan"
reason = "Catatan bebas: bisa memuat apa saja dan tidak dapat diberi label kerahasiaan."
"""

_MAPPING = '''\
"""{name} to FHIR R4: one row is one visit. Manual: docs/adapters.md."""

from typing import Any

from hub.mapping import Context, Record
from hub.mapping.build import Source, Visit, condition, encounter, patient, patient_number
from hub.mapping.values import birth_day, diagnosis, gender, moment, nik, past_day, person_name


def map_record(record: Record, context: Context) -> list[dict[str, Any]]:
    """Read every field first (all faults of a row at once), stop when one was refused, build then."""
    number = record.text("nomor")
    day = record.take("tanggal", past_day(context.today))
    card = record.take("nik", nik)
    name = record.take("nama", person_name)
    sex = record.take("jenis_kelamin", gender)
    birth = record.take("tanggal_lahir", birth_day(context.today))
    found = record.take("diagnosis", diagnosis)
    if record.refused or number is None or day is None:
        return []

    source = Source(context.facility)
    who = patient_number(None, card, None, name, birth, sex)
    visit = Visit(source, number, who, moment(day, None, context.offset))
    resources = [
        patient(source, who, name=name, gender=sex, birth=birth, nik=card),
        encounter(visit, service=None, service_code=None, complaint=None),
    ]
    if found:
        resources.append(condition(visit, "1", found))
    return resources
'''

_CODES = """\
kind,text,system,code,display
contoh,kata pengirim|kata lain yang sama artinya,http://loinc.org,718-7,Hemoglobin [Mass/volume] in Blood
"""

_SAMPLE = """\
nomor;tanggal;nik;nama;L/P;tanggal_lahir;diagnosis;catatan
A-1;18/11/2026;1100014509900001;Siti Contoh;P;05/09/1990;J06.9;
A-2;19 Nov 2026;;H. Rusdi Contoh;Laki-laki;15/03/1962;i10;kontrol
A-3;20/11/2026;;Arbain Contoh;X;31/02/1985;J6.9;baris ini ditolak dengan tiga alasan
"""

_FACILITIES = """\
# Which invented facility sends which sample, and the settings it binds the adapter with.
["contoh.csv"]
id = "faskes-contoh"
name = "Faskes Contoh"
"""

_README = """\
# {name}

Sumber: program apa, versi berapa, di faskes mana; siapa yang menekan tombol ekspor dan seberapa sering.
Satu baris = satu kunjungan. Kuncinya `nomor`: bila sama, baris itu memperbarui kunjungan yang sudah ada.

Source: which program and version, in which facilities; who exports, and how often.
What the source cannot say, and what was ignored on purpose, is written in `adapter.toml` with its reason.

Periksa / check: `hub adapter check {name}`; tulis ulang golden setelah perubahan yang disengaja: `--update`,
lalu baca bedanya. Semua orang di `sample/` rekaan / everybody in `sample/` is invented.
"""


def new_adapter(root: Path, name: str) -> Path:
    """Make the folder `root/name` with every part of an adapter, goldens written. ValueError says why it cannot."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name has 2-40 characters: lower-case letters, digits and _, starting with a letter")
    folder = root / name
    if folder.exists():
        raise ValueError(f"{folder} exists already")
    (folder / "sample").mkdir(parents=True)
    for path, content in (
        ("__init__.py", f'"""{name}."""\n'),
        ("adapter.toml", _MANIFEST),
        ("mapping.py", _MAPPING),
        ("codes.csv", _CODES),
        ("sample/contoh.csv", _SAMPLE),
        ("sample/facilities.toml", _FACILITIES),
        ("README.md", _README),
    ):
        (folder / path).write_text(content.replace("{name}", name), encoding="utf-8")
    write_goldens(load_adapter(folder))
    return folder
