"""Administration: facilities and clients, sign-in links, consent trials, audit verification, quarantine, digest."""

from pathlib import Path
from typing import Annotated

import typer

from hub.admission import mint_login_link, register_client
from hub.auth import new_token
from hub.bootstrap import opened
from hub.cli.output import SOME_REFUSED, fail, read_json, show
from hub.config import read_config
from hub.consent import decide_case
from hub.errors import text
from hub.parts import Hub
from hub.pipeline import replay, waiting
from hub.registry import check_facility, from_dict
from hub.upkeep.digest import content_digest
from hub.upkeep.registering import register_facility
from hub.upkeep.sequencing import sequence
from hub.upkeep.verifying import verify

_STAFF = ("clinician", "auditor", "surveillance", "privacy-officer", "steward")
consent = typer.Typer(no_args_is_help=True)
audit = typer.Typer(no_args_is_help=True)
facility = typer.Typer(no_args_is_help=True)
quarantine = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@consent.command("simulate")
def simulate(file: Path, as_json: AsJson = False) -> None:
    """Decide every case of a file (docs/operations.md shows one)."""
    cases = read_json(file)
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise ValueError(f"{file} must hold a list of cases")
    decided = [decide_case(case) for case in cases]
    if as_json:
        show(decided)
        return
    expected = {case.get("id"): (case.get("expect"), case.get("reason")) for case in cases}
    right = 0
    for case in decided:
        wanted = expected[case["id"]]
        is_right = wanted in ((None, None), (case["decision"], case["reason"]))
        right += is_right
        print(f"{case['id']}\t{case['decision']}\t{case['reason']}{'' if is_right else f'  expected {wanted}'}")
    print(f"{right} of {len(decided)} as expected")


@audit.command("verify")
def audit_verify(
    witness: Annotated[
        Path | None, typer.Option(help="Checkpoints kept outside the hub, one note after the other.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the whole trail against its Merkle tree, the signed checkpoints and the witness."""
    with opened(read_config()) as hub:
        sequence(hub)
        verdict = verify(hub, witness)
    if as_json:
        show(verdict.to_dict())
    else:
        print(verdict.sentence())
    if not verdict.holds:
        raise typer.Exit(SOME_REFUSED)


@facility.command("add")
def facility_add(file: Path) -> None:
    """Register the facilities of a JSON file (a list of objects: id, name, kind, ownership, adapter, kelurahan...)."""
    found = read_json(file)
    rows = found if isinstance(found, list) else [found]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{file} must hold a list of facilities, each an object")
    with opened(read_config()) as hub:
        for row in rows:
            issues = check_facility(row)
            if issues:
                fail("; ".join(text(issue, "en") for issue in issues), SOME_REFUSED)
            known = register_facility(hub, from_dict(row))
            print(f"{known.id}\t{known.number}\t{known.name}")


@facility.command("client")
def client_add(
    facility_id: str,
    client_id: str,
    jwks: Annotated[Path | None, typer.Option(help="The client's public keys, a JWKS file.")] = None,
    may_delete: Annotated[bool, typer.Option("--may-delete", help="It may also delete what it wrote.")] = False,
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do at most, e.g. system/*.rs to read only; several times.")
    ] = None,
) -> None:
    """Register a client system of a facility by its public keys (SMART Backend Services). Without keys it may only
    write, and gets a secret that is printed once."""
    if may_delete and jwks is None:
        raise ValueError("--may-delete needs --jwks: a client with a secret may only write")
    if may_delete and scope:
        raise ValueError("--may-delete or --scope: a scope such as system/*.cruds says the same")
    scopes = ("system/*.cruds",) if may_delete else tuple(scope) if scope else None
    keys = read_json(jwks) if jwks is not None else None
    secret = None if keys is not None else new_token()
    with opened(read_config()) as hub:
        client = register_client(hub, client_id, facility_id, jwks=keys, secret=secret, scopes=scopes)
    print(f"{client.id}\t{client.facility}\t{' '.join(client.scopes)}")
    if secret is not None:
        print(f"client_secret (kept nowhere, write it down now): {secret}")


def login_link(
    role: Annotated[str | None, typer.Option(help=", ".join(_STAFF))] = None,
    patient: Annotated[
        str | None,
        typer.Option(help="NIK of a patient whose identity the counter has checked, or the id of a Patient record"),
    ] = None,
    facility_id: Annotated[str | None, typer.Option("--facility", help="facility of a clinician")] = None,
    person: Annotated[str | None, typer.Option(help="stable name of the member of staff")] = None,
) -> None:
    """Mint a one-time sign-in link."""
    if (role is None) == (patient is None):
        raise ValueError("give either --role or --patient")
    if role is not None and role not in _STAFF:
        raise ValueError(f"--role {role}: it is one of {', '.join(_STAFF)}")
    with opened(read_config()) as hub:
        if patient is not None:
            key = hub.ids.decode(patient)
            if key is None:
                print(mint_login_link(hub, "patient", nik=patient))
            else:
                print(mint_login_link(hub, "patient", compartment=key.compartment))
        else:
            print(mint_login_link(hub, role, facility=facility_id, person=person or role))  # type: ignore[arg-type]


def digest() -> None:
    """One digest over (facility, source identifier, content) of everything stored."""
    with opened(read_config()) as hub:
        value, count = content_digest(hub)
    print(f"{value}\t{count}")


def _known(hub: Hub, facility_id: str) -> None:
    if facility_id not in hub.facilities:
        raise ValueError(f"no such facility: {facility_id}")


@quarantine.command("list")
def quarantine_list(facility_id: str) -> None:
    """What waits in a facility's quarantine: file, row, codes (no content)."""
    with opened(read_config()) as hub:
        _known(hub, facility_id)
        for row, held in waiting(hub, facility_id):
            codes = ", ".join(sorted({issue.code for issue in held.issues}))
            print(f"{row.submission}\t{held.file}\tbaris {held.row}\t{codes}")


@quarantine.command("replay")
def quarantine_replay(facility_id: str) -> None:
    """Send a facility's waiting rows through the pipeline again, after a mapping or code list was mended."""
    with opened(read_config()) as hub:
        _known(hub, facility_id)
        accepted, left = replay(hub, facility_id, "cli")
    print(f"{accepted} diterima, {left} masih menunggu")
    if left:
        raise typer.Exit(SOME_REFUSED)
