"""Persons under concurrency: two facilities that make the same person known at the same moment find each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hub.model import Facility, Principal
from hub.parts import Hub
from hub.pipeline import create
from hub.upkeep.registering import register_facility

ROUNDS = 12
NIK_SYSTEM = "https://fhir.kemkes.go.id/id/nik"


def test_two_facilities_at_one_moment_make_one_person(hub: Hub) -> None:
    clinics = [
        register_facility(hub, Facility(0, f"klinik-{name}", f"Klinik {name}")) for name in ("satu", "dua", "tiga")
    ]
    barrier = Barrier(len(clinics))

    def known_at(clinic: Facility, number: int) -> int:
        patient = {
            "resourceType": "Patient",
            "identifier": [{"system": NIK_SYSTEM, "value": f"63710112038590{number:02d}"}],
            "name": [{"text": f"Rahmat Contoh {number}"}],
            "gender": "male",
            "birthDate": "1985-03-12",
        }
        barrier.wait()
        stored = create(hub, Principal("clinic-client", clinic.id, "TREAT", facility=clinic.id), patient)
        key = hub.ids.decode(stored.id)
        assert key is not None
        return key.compartment

    with ThreadPoolExecutor(len(clinics)) as pool:
        for number in range(1, ROUNDS + 1):
            compartments = set(pool.map(lambda clinic, number=number: known_at(clinic, number), clinics))
            with hub.store.reading() as tx:
                assert tx.person([min(compartments)]) == compartments
