"""One-time sign-in links for people: the link is the credential, so only its hash is kept and it works once."""

from dataclasses import replace

from hub.access.trace import sealed_entry
from hub.admission.grants import bound
from hub.admission.sealed import seal_principal
from hub.auth import new_token, token_hash
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.model.people import Role
from hub.parts import Hub

PURPOSES: dict[Role, str] = {
    "clinician": "TREAT",
    "patient": "PATRQT",
    "auditor": "HCOMPL",
    "surveillance": "PUBHLTH",
    "privacy-officer": "HCOMPL",
    "steward": "HOPERAT",
}
"""The purpose of use (v3-ActReason) fixed by each role's sign-in."""
SCOPES: dict[Role, tuple[str, ...]] = {
    "clinician": ("user/*.crus",),
    "patient": ("patient/*.rs", "patient/Consent.cu"),
    "auditor": (),
    "surveillance": (),
    "privacy-officer": ("user/AuditEvent.rs",),
    "steward": (),
}


def mint_login_link(
    hub: Hub,
    role: Role,
    *,
    facility: str | None = None,
    person: str | None = None,
    compartment: int | None = None,
    nik: str | None = None,
    duties: tuple[Role, ...] = (),
    by: Principal | None = None,
) -> str:
    """The URL of a new link: `{base}/masuk/{secret}`, good once within config.login_link_s.

    A clinician needs `facility` and `person` (a stable name of the staff member), a patient `compartment` or `nik`,
    other roles `person` (and all `duties` of it: hub.admission.staff). INCORRECT or NOT_FOUND otherwise, NOT_FOUND
    (HUB-4336) also for a duty that was withdrawn from this person. `by`: the member of staff who hands it out, in the
    trail; None = the operator on the command line.
    """
    if role not in PURPOSES:
        raise _incomplete(role, ", ".join(PURPOSES))
    if role == "patient":
        compartment = patient_by_nik(hub, nik) if compartment is None and nik else compartment
        who = _patient(hub, compartment)
    else:
        who = replace(_staff(hub, role, facility, person), duties=duties)
    secret = new_token()
    place = token_hash(secret)
    with hub.store.writing() as tx:
        granted = bound(hub, tx, who)
        if granted is None:
            raise HubError(Category.NOT_FOUND, Issue("HUB-4336"))
        tx.add_login_link(place, seal_principal(hub, granted, place), hub.clock() + 1000 * hub.config.login_link_s)
        tx.outbox([sealed_entry(hub, _entry(hub, who, by))])
    return f"{hub.config.base_url}/masuk/{secret}"


def patient_by_nik(hub: Hub, nik: str) -> int:
    """A compartment of the person with this NIK (the lowest, so that it is always the same). NOT_FOUND without one;
    CONFLICT when the records that have it are not one person: any facility can write any number into a record, and its
    holder would speak for somebody else."""
    token = hub.blinder.mpi("nik", nik)
    with hub.store.reading() as tx:
        found = tx.mpi([token]).get(token)
        person = tx.person([min(found)]) if found else set()
    if not found:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5006"))
    if not person.issuperset(found):
        raise HubError(Category.CONFLICT, Issue("HUB-5007", args={"count": str(len(found))}))
    return min(found)


def _patient(hub: Hub, compartment: int | None) -> Principal:
    if compartment is None:
        raise _incomplete("patient", "--patient")
    with hub.store.reading() as tx:
        row = tx.compartments([compartment]).get(compartment)
    if row is None or row.kind != 0:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5006"))
    return patient_principal(hub, compartment)


def patient_principal(hub: Hub, compartment: int) -> Principal:
    """The patient of a compartment as the one who asks: signed in, or through a counter that confirmed who it is."""
    name = f"patient:{hub.blinder.pseudonym(compartment)}"
    return Principal(
        "patient", name, PURPOSES["patient"], person=name, compartment=compartment, scopes=SCOPES["patient"]
    )


def _staff(hub: Hub, role: Role, facility: str | None, person: str | None) -> Principal:
    if not person:
        raise _incomplete(role, "person")
    if role == "clinician" and facility is None:
        raise _incomplete(role, "facility")
    if facility is not None and facility not in hub.facilities:
        raise _incomplete(role, "facility")
    return Principal(role, person, PURPOSES[role], facility=facility, person=person, scopes=SCOPES[role])


def _incomplete(role: str, need: str) -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-5005", args={"role": role, "need": need}))


def _entry(hub: Hub, who: Principal, by: Principal | None) -> AuditEntry:
    """A person made the link, and it opens the record: never automatic processing."""
    return AuditEntry(
        at_ms=hub.clock(),
        event="login.link",
        action="C",
        outcome="permit",
        subject=by.subject if by is not None else "operator",
        role=by.role if by is not None else "operator",
        facility=(by or who).facility or "",
        purpose=who.purpose,
        compartments=(who.compartment,) if who.compartment is not None else (),
        is_person=True,
        details={"role": who.role, "for": who.subject},
    )
