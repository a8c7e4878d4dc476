"""`hub submit`: a file from the command line, to this machine's store or to a hub somewhere else.

Running it again with the same arguments is always safe: what is there is found unchanged. A hub that can't be reached
leaves the file sealed in the queue of HUB_HOME, and the next `hub submit` sends it first.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hub.auth import sign_assertion
from hub.bootstrap import opened, settle
from hub.cli.output import NOT_AUTHORISED, NOTHING, OK, QUEUED, SOME_REFUSED, USAGE, fail, read_json, show
from hub.cli.queue import Queue
from hub.cli.remote import Refused, Remote, Unreachable
from hub.config import read_config
from hub.mapping import annotate
from hub.mapping.readers import Unreadable
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import Receipt, errors_file
from hub.pipeline import submit as submit_here

REMOTE_ADAPTER = "klinik_csv"
"""What a clinic sends with when it names no adapter."""


def submit(
    file: Annotated[
        Path | None, typer.Argument(help="CSV, XLSX or JSON; leave out to send only what is queued")
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option(help="the adapter that understands the file; default: the facility's, with --to klinik_csv"),
    ] = None,
    facility: Annotated[str | None, typer.Option(help="store here, as this facility (no --to)")] = None,
    to: Annotated[str | None, typer.Option(help="address of a hub, for example https://hub.example.id")] = None,
    client_id: Annotated[str | None, typer.Option(help="client id at that hub")] = None,
    key: Annotated[Path | None, typer.Option(help="private key of the client (JWK file)")] = None,
    check: Annotated[bool, typer.Option("--check", help="find everything out, store nothing")] = False,
    errors_to: Annotated[Path | None, typer.Option(help="folder for the file with CATATAN_KESALAHAN")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the receipt as JSON")] = False,
) -> None:
    """Send a file of visits."""
    if errors_to is not None and errors_to.exists() and not errors_to.is_dir():
        fail(f"{errors_to} is not a folder", USAGE)
    if check and errors_to is not None and to is not None:
        fail("--errors-to with --check works on this machine only: leave out --to, or leave out --check", USAGE)
    data, name = _read(file, is_needed=to is None)
    if to is None:
        receipt, errors = _here(adapter, facility, data, name, check=check)
    else:
        receipt, errors = _there(to, client_id, key, adapter or REMOTE_ADAPTER, data, name, check=check)
    _report(receipt, errors, name, errors_to, as_json=as_json)
    refused = receipt["counts"]["quarantined"] or receipt["state"] == "refused"
    raise typer.Exit(SOME_REFUSED if refused else OK)


def _read(file: Path | None, *, is_needed: bool) -> tuple[bytes, str]:
    if file is None:
        if is_needed:
            fail("name a file to send", USAGE)
        return b"", ""
    if not file.is_file():
        fail(f"{file} is not a file", USAGE)
    data = file.read_bytes()
    if not data.strip():
        fail(f"{file} is empty: nothing to send", NOTHING)
    return data, file.name


def _here(
    adapter: str | None, facility: str | None, data: bytes, name: str, *, check: bool
) -> tuple[dict[str, Any], bytes | None]:
    with opened(read_config()) as hub:
        settle()
        known = [each for each in hub.facilities.values() if each.kind != "hub"]
        if facility is None and len(known) == 1:
            facility = known[0].id
        if facility is None or facility not in hub.facilities:
            names = ", ".join(each.id for each in known) or "none yet; see `hub facility add`"
            fail(f"say which facility sends with --facility (known: {names})", USAGE)
        who = Principal("clinic-client", "hub-submit", "TREAT", facility=facility)
        adapter = adapter or hub.facilities[facility].adapter
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as bars:
            bar = bars.add_task(name, total=None, state="")

            def tell(done: int, total: int, counts: dict[str, int]) -> None:
                state = " · ".join(f"{count} {kind}" for kind, count in counts.items() if count)
                bars.update(bar, completed=done, total=total, state=state)

            receipt = submit_here(hub, who, adapter, data, name, "check" if check else "store", tell)
        has_errors = any(issue.severity != "information" for issue in receipt.issues)
        return receipt.to_dict(), _errors(hub, who, receipt, data, name, check=check) if has_errors else None


def _errors(hub: Hub, who: Principal, receipt: Receipt, data: bytes, name: str, *, check: bool) -> bytes | None:
    """The file with its faults; of a check the hub keeps nothing, so it is made from what is here."""
    if not check:
        return errors_file(hub, who, receipt.id)
    try:
        return annotate(data, name, receipt.issues)
    except Unreadable:
        return None  # no table to write into: the receipt says why


def _there(
    to: str, client_id: str | None, key: Path | None, adapter: str, data: bytes, name: str, *, check: bool
) -> tuple[dict[str, Any], bytes | None]:
    if client_id is None or key is None:
        fail("--to needs --client-id and --key", USAGE)
    private = private_key(key)
    queue = Queue(read_config().home)
    remote = Remote(to, client_id, private)
    if data and not check:
        queue.put(to, client_id, adapter, name, data)
    waiting = queue.waiting(to, client_id)
    if not data and not waiting:
        fail("nothing is queued", NOTHING)
    try:
        if check:
            return remote.submit(adapter, name, data, mode="check"), None
        receipt: dict[str, Any] = {}
        for place in waiting:
            entry = queue.open(place)
            receipt = remote.submit(entry["adapter"], entry["name"], entry["data"])
            queue.done(place)
        has_errors = receipt["counts"]["quarantined"] > 0
        return receipt, remote.errors(receipt["id"]) if has_errors else None
    except Unreachable as error:
        fail(f"{to} can't be reached ({error}); {len(queue.waiting(to, client_id))} file(s) safely queued", QUEUED)
    except Refused as error:
        print(json.dumps(error.body, ensure_ascii=False), file=sys.stderr)
        fail(f"{to} refused: HTTP {error.status}", NOT_AUTHORISED if error.status in (401, 403) else USAGE)


def private_key(file: Path) -> dict[str, Any]:
    """The key, tried out before anything is queued or sent."""
    private = read_json(file)
    try:
        sign_assertion({}, private)
    except Exception:
        fail(f"{file} is not a private key (a JWK: RSA, or EC P-384)", USAGE)
    return dict(private)


def _report(receipt: dict[str, Any], errors: bytes | None, name: str, errors_to: Path | None, *, as_json: bool) -> None:
    if errors is not None and errors_to is not None:
        errors_to.mkdir(parents=True, exist_ok=True)
        place = errors_to / f"{Path(name).stem}_kesalahan.xlsx"
        place.write_bytes(errors)
        print(f"{place}", file=sys.stderr)
    if as_json:
        show(receipt)
        return
    counts = receipt["counts"]
    withdrawn = f"{gone} ditarik, " if (gone := counts.get("withdrawn", 0)) else ""
    print(
        f"{receipt['id']}: {counts['accepted']} diterima, {counts['unchanged']} sudah ada, "
        f"{counts['corrected']} diperbaiki, {withdrawn}{counts['quarantined']} perlu diperbaiki"
    )
    for issue in receipt["issues"][:20]:
        places = ((name, issue[key]) for name, key in (("baris", "row"), ("kolom", "column")))
        where = ", ".join(f"{name} {place}" for name, place in places if place)
        print(f"  {issue['code']}{' ' if where else ''}{where}: {issue['text']} {issue['fix']}")
    if len(receipt["issues"]) > 20:
        print(f"  … {receipt['issue_count'] - 20} lagi (pakai --errors-to FOLDER atau --json)")
