"""What the menu of each role shows: address and the key of its text under `nav`."""

_FACILITY = (
    ("/faskes", "facility"),
    ("/faskes/kunjungan", "visit"),
    ("/faskes/ditolak", "quarantine"),
    ("/faskes/mutu", "quality"),
    ("/faskes/kode", "wording"),
    ("/faskes/kolom", "columns"),
    ("/faskes/permintaan", "requests"),
)
_MENU: dict[str, tuple[tuple[str, str], ...]] = {
    "patient": (
        ("/saya", "patient"),
        ("/saya/akses", "access"),
        ("/saya/persetujuan", "consent"),
        ("/saya/kode", "code"),
        ("/saya/permintaan", "own_requests"),
    ),
    "clinician": _FACILITY,
    "clinic-client": _FACILITY,
    "auditor": (("/dinas", "city"), ("/dinas/pelaporan", "reports")),
    "privacy-officer": (("/petugas", "officer"),),
    "steward": (("/petugas/orang", "persons"),),
}


def menu(role: str) -> tuple[tuple[str, str], ...]:
    """The entries of a role, in order; none before signing in."""
    return _MENU.get(role, ())
