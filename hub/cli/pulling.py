"""`hub pull`: the agent at a facility reads its database and sends what is new, changed or gone; `hub source check`.

Running it again with the same arguments is always safe; a run that was cut goes on where it stopped.
"""

import json
import re
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from hub.agent import PullReport, Sink, pull, state_place
from hub.agent.run import since_text
from hub.bootstrap import opened, settle
from hub.cli.output import NOT_AUTHORISED, OK, QUEUED, SOME_REFUSED, USAGE, fail, show
from hub.cli.remote import Refused, Remote, Unreachable
from hub.cli.submitting import private_key
from hub.config import read_config
from hub.errors import Category, HubError, text
from hub.mapping import Adapter, Incomplete, load_adapter
from hub.mapping.readers.schema import examine, excess_rights, fitted
from hub.mapping.readers.sql import open_source, read_batch
from hub.model import Issue, Principal
from hub.pipeline import submit

source_app = typer.Typer(no_args_is_help=True, help="A facility's database as the source.")

Source = Annotated[
    str, typer.Option(envvar="HUB_SOURCE", help="URL of the database, a file (chmod 600) with it, or an SQLite file")
]


_LONGEST_ADDRESS = 4096


def pull_command(
    adapter: Annotated[str, typer.Argument(help="the adapter that understands the database")],
    source: Source,
    facility: Annotated[str, typer.Option(help="id of the facility whose database this is")],
    to: Annotated[str | None, typer.Option(help="address of a hub; without it, this machine's store")] = None,
    client_id: Annotated[str | None, typer.Option(help="client id at that hub")] = None,
    key: Annotated[Path | None, typer.Option(help="private key of the client (JWK file)")] = None,
    state: Annotated[Path | None, typer.Option(help="what is remembered; default HUB_HOME/agen/FACILITY.db")] = None,
    days: Annotated[int, typer.Option(min=0, help="visits of the last so many days are read again")] = 30,
    everything: Annotated[bool, typer.Option("--all", help="read every visit, however old")] = False,
    batch: Annotated[int, typer.Option(min=1, max=500, help="visits a query")] = 200,
    load: Annotated[float, typer.Option(min=0.01, max=1.0, help="largest share of time inside queries")] = 0.25,
    accept_removals: Annotated[bool, typer.Option("--accept-removals", help="many visits really were deleted")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Read a facility's database and send what is new, changed or gone."""
    if not re.fullmatch(r"[a-z0-9-]+", facility):
        fail("--facility is the id of a facility: lower-case letters, digits and -", USAGE)
    place = state or state_place(read_config().home, facility)
    url = _address(source)

    def run(known: Adapter, sink: Sink) -> PullReport:
        columns = (TextColumn("{task.description}"), TextColumn("{task.fields[state]}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            bar = bars.add_task(facility, total=None, state="")
            return pull(
                known,
                url,
                place,
                sink,
                facility=facility,
                since_days=None if everything else days,
                batch=batch,
                load=load,
                accept_removals=accept_removals,
                progress=lambda report: bars.update(bar, state=_counts(report)),
            )

    report = _here(adapter, facility, run) if to is None else _there(to, client_id, key, adapter, run)
    if as_json:
        show(report.to_dict())
    else:
        _print(report)
    raise typer.Exit(SOME_REFUSED if report.hub["quarantined"] or report.issues else OK)


def _here(adapter: str, facility: str, run: Callable[[Adapter, Sink], PullReport]) -> PullReport:
    with opened(read_config()) as hub:
        settle()
        if facility not in hub.facilities:
            fail(f"{facility} is not a facility of this hub; see `hub facility add`", USAGE)
        known = hub.adapters.get(adapter)
        if known is None:
            fail(f"there is no adapter {adapter} (there are: {', '.join(hub.adapters)})", USAGE)
        who = Principal("clinic-client", "hub-pull", "TREAT", facility=facility)
        return run(known, lambda data, name: submit(hub, who, adapter, data, name).to_dict())


def _there(
    to: str, client_id: str | None, key: Path | None, adapter: str, run: Callable[[Adapter, Sink], PullReport]
) -> PullReport:
    if client_id is None or key is None:
        fail("--to needs --client-id and --key", USAGE)
    remote = Remote(to, client_id, private_key(key))
    try:
        return run(_load(adapter), lambda data, name: remote.submit(adapter, name, data))
    except Unreachable as error:
        fail(f"{to} can't be reached ({error}); what it has no receipt for is read and sent by the next run", QUEUED)
    except Refused as error:
        print(json.dumps(error.body, ensure_ascii=False), file=sys.stderr)
        fail(f"{to} refused: HTTP {error.status}", NOT_AUTHORISED if error.status in (401, 403) else USAGE)


def _load(adapter: str) -> Adapter:
    try:
        return load_adapter(read_config().adapters / adapter)
    except Incomplete as error:
        fail(str(error), USAGE)


def _address(source: str) -> str:
    """The URL itself; that of an SQLite file; or what a private file holds: an address with a password does not belong
    on a command line. HubError HUB-2216 when others may read that file, HUB-2218 when it holds no address."""
    if "://" in source:
        return source
    place = Path(source)
    if not place.is_file():
        shown = "--source" if "@" in source else source  # an address with a slip in it may hold a password
        fail(f"{shown} is neither an address (…://…) nor a file (SQLite, or one with an address)", USAGE)
    with place.open("rb") as file:
        data = file.read(_LONGEST_ADDRESS)
    if data.startswith(b"SQLite format 3\0"):
        return f"sqlite:///{place}"
    lines = data.decode("utf-8-sig", errors="replace").split("\n")
    address = lines[0].strip()
    if "://" not in address or "\ufffd" in address or any(line.strip() for line in lines[1:]):
        raise HubError(Category.INCORRECT, Issue("HUB-2218", severity="fatal"))
    if place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise HubError(Category.FORBIDDEN, Issue("HUB-2216", severity="fatal"))
    return address


def _counts(report: PullReport) -> str:
    return f"{report.read} dibaca · {report.sent} terkirim · {report.unchanged} tetap"


def _print(report: PullReport) -> None:
    hub = report.hub
    going_on = " (melanjutkan yang terputus)" if report.is_resumed else ""
    print(
        f"{report.read} kunjungan dibaca{going_on}: {report.new} baru, {report.changed} berubah, "
        f"{report.removed} dihapus, {report.unchanged} tetap; {report.sent} terkirim"
    )
    print(
        f"hub: {hub['accepted']} diterima, {hub['corrected']} diperbaiki, {hub['unchanged']} sudah ada, "
        f"{hub['withdrawn']} ditarik, {hub['quarantined']} perlu diperbaiki"
    )
    print(
        f"sumber: {report.queries} kueri, {report.rows} baris, {report.database_seconds:.2f} detik di basis data "
        f"({report.load:.0%} dari {report.seconds:.1f} detik)"
    )
    for line in (*report.clock, *(f"{text(issue)} / {text(issue, 'en')}" for issue in report.issues)):
        print(f"  {line}")
    if report.repeated:
        print(f"  {report.repeated} baris menyebut kunjungan yang sama dua kali; yang pertama dipakai")


@source_app.command("check")
def check(adapter: Annotated[str, typer.Argument(help="the adapter")], source: Source) -> None:
    """Look whether the database has what the adapter reads, what the account may do, and what a first batch costs."""
    spec = _load(adapter).source
    if spec is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-2209", severity="fatal", args={"adapter": adapter}))
    with closing(open_source(_address(source))) as database:
        found = examine(database, spec)
        for name in found.missing:
            print(f"✗ {name}: tidak ada, atau akun ini tidak boleh melihatnya / missing or not visible")
        for name in found.absent:
            print(f"- {name}: tidak ada, dibaca kosong / absent, read as empty")
        if rights := excess_rights(database):
            print(f"! akun ini boleh lebih dari membaca / this account may more than read: {', '.join(rights)}")
        if found.missing:
            raise typer.Exit(SOME_REFUSED)
        rows = read_batch(database, fitted(database, spec), "", since_text(spec.visits, None), 200)
        for name, cost in database.cost.items():
            lines: tuple[Any, ...] = (name, cost.calls, cost.rows, cost.seconds * 1000)
            print("{}: {} kueri / queries, {} baris / rows, {:.1f} ms".format(*lines))
        print(f"✓ {len(rows)} kunjungan pertama terbaca / first visits read")
