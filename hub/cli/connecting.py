"""`hub connect NAME`: the city's other systems. A licence feed is pulled; the civil registry is asked about one
person, or for population sums."""

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap import opened
from hub.cli.output import SOME_REFUSED, show
from hub.config import Config, read_config
from hub.errors import Category, HubError, text
from hub.model import Issue, Principal
from hub.parts import Hub
from hub.registry.feeds import Connector, load_connectors
from hub.upkeep.civil import check_person, population
from hub.upkeep.connecting import Report, pull_licences
from hub.upkeep.fetching import Link, read_keys
from hub.upkeep.peopling import set_population

POPULATION = ("year", "area", "sex", "band", "people")


def connect(
    name: Annotated[str, typer.Argument(help="the connector: a folder under HUB_CONNECTORS")],
    url: Annotated[str, typer.Option(envvar="HUB_CONNECT_URL", help="address of the other system (https)")],
    key_file: Annotated[Path, typer.Option(help="private JSON file with 'token' and 'secret'")],
    everything: Annotated[bool, typer.Option("--all", help="from the beginning, not only what changed")] = False,
    check: Annotated[str, typer.Option(help="id of a patient record: does the civil registry agree?")] = "",
    facility: Annotated[str, typer.Option(help="with --check: the facility whose record it is")] = "",
    year: Annotated[int, typer.Option("--population", help="population sums of this year")] = 0,
    out: Annotated[Path | None, typer.Option(help="with --population: only write this CSV")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Pull a licence feed (what changed since the last time), or ask the civil registry."""
    config = read_config()
    link = Link(_connector(load_connectors(config.connectors), name), url, read_keys(key_file))
    if year:
        _population(config, link, year, out)
        return
    with opened(config) as hub:
        if check:
            _check(hub, link, check, facility)
            return
        report = pull_licences(hub, link, is_whole=everything)
    if as_json:
        show(report.to_dict())
    else:
        _print(report)
    if report.refused or report.unmatched:
        raise typer.Exit(SOME_REFUSED)


def _connector(known: dict[str, Connector], name: str) -> Connector:
    if name not in known:
        args = {"name": name[:40], "known": ", ".join(known)}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4313", args=args))
    return known[name]


def _check(hub: Hub, link: Link, patient: str, facility: str) -> None:
    if facility not in hub.facilities:
        raise ValueError("--check needs --facility, the id of a facility")
    who = Principal("clinic-client", "hub-connect", "TREAT", facility=facility)
    found = check_person(hub, who, link, patient)
    for field, agrees in found.fields.items():
        print(f"{field}\t{'sesuai' if agrees else 'tidak sesuai'}")


def _population(config: Config, link: Link, year: int, out: Path | None) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, POPULATION, lineterminator="\n")
    writer.writeheader()
    writer.writerows(population(link, year))
    if out is not None:
        out.write_text(text.getvalue(), encoding="utf-8")
        return
    with opened(config) as hub:
        print(f"{set_population(hub, text.getvalue(), link.connector.name)} baris")


def _print(report: Report) -> None:
    going_on = " (melanjutkan yang terputus)" if report.is_resumed else ""
    print(f"{report.pages} halaman, {report.entries} entri{going_on}: {len(report.changed)} faskes berubah")
    for name, found in sorted(report.changed.items()):
        print(f"{name}\t{', '.join(sorted(found))}")
    for name in sorted(report.unmatched):
        print(f"? {name}: tidak ada di hub ini")
    for entry, issue in report.refused:
        print(f"! {entry}: {issue.code} {text(issue)}")
