"""What the menu of each role shows: address and the key of its text under `nav`."""

_FACILITY = (
    ("/faskes", "facility"),
    ("/faskes/kunjungan", "visit"),
    ("/faskes/ditolak", "quarantine"),
    ("/faskes/mutu", "quality"),
    ("/faskes/kode", "wording"),
    ("/faskes/kolom", "columns"),
    ("/faskes/permintaan", "requests"),
    ("/faskes/nik", "civil"),
)
_MENU: dict[str, tuple[tuple[str, str], ...]] = {
    "patient": (
        ("/saya", "patient"),
        ("/saya/akses", "access"),
        ("/saya/persetujuan", "consent"),
        ("/saya/kode", "code"),
        ("/saya/permintaan", "own_requests"),
    ),
    "clinician": (*_FACILITY, ("/faskes/audit", "own_audit")),
    "clinic-client": _FACILITY,
    "auditor": (
        ("/dinas", "city"),
        ("/dinas/peta", "map"),
        ("/dinas/indikator", "indicators"),
        ("/dinas/mutu-data", "reporting"),
        ("/dinas/izin", "papers"),
        ("/dinas/tindak-lanjut", "waiting"),
        ("/dinas/audit", "audit"),
    ),
    "surveillance": (("/dinas/surveilans", "surveillance"), ("/dinas/surveilans/w2", "w2")),
    "privacy-officer": (("/petugas", "officer"),),
    "steward": (("/petugas/orang", "persons"),),
}


def menu(*roles: str) -> tuple[tuple[str, str], ...]:
    """The entries of all of a person's roles, in order, each once; none before signing in. A member of staff has those
    of all duties, whichever the page is opened in."""
    order = [role for role in _MENU if role in roles]
    return tuple(dict.fromkeys(entry for role in order for entry in _MENU[role]))


PART_OF = {"/faskes/pengamatan": "/faskes/mutu"}
"""Pages that belong to another entry than their address says."""
