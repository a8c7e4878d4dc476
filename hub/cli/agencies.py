"""`hub agency` and `hub feed`: other agencies' keys, what they may take, and the signed feed."""

from pathlib import Path
from typing import Annotated

import typer

from hub.access.agencies import AREAS, FEED, LICENCES, feed_keys
from hub.admission import disable_client
from hub.admission.agencies import agencies, register_agency, subscribe, subscribers
from hub.bootstrap import opened
from hub.cli.output import listed, read_json, show
from hub.config import read_config
from hub.upkeep.feeding import feed_public

agency_app = typer.Typer(no_args_is_help=True)
feed_app = typer.Typer(no_args_is_help=True)


@agency_app.command("add")
def add(
    agency: Annotated[str, typer.Argument(help="its client id")],
    jwks: Annotated[Path, typer.Option(help="its public keys, a JWKS file")],
    areas: Annotated[bool, typer.Option("--areas", help="it may ask for sums by kelurahan")] = False,
    licences: Annotated[bool, typer.Option("--licences", help="it may ask whether a licence holds")] = False,
    feed: Annotated[bool, typer.Option("--feed", help="it may read the feed (what of it: hub feed subscribe)")] = False,
) -> None:
    """Register an agency by its public keys, or change what it may ask."""
    scopes = [name for name, is_wanted in ((AREAS, areas), (LICENCES, licences), (FEED, feed)) if is_wanted]
    keys = read_json(jwks)
    with opened(read_config()) as hub:
        client = register_agency(hub, agency, keys, scopes)
    print(f"{client.id}\t{' '.join(client.scopes)}")


@agency_app.command("list")
def list_agencies() -> None:
    """Every agency and what it may ask."""
    with opened(read_config()) as hub:
        found = agencies(hub)
    listed(f"{one.id}\t{' '.join(one.scopes)}{'' if one.is_active else '  (dicabut)'}" for one in found)


@agency_app.command("end")
def end_agency(agency: str) -> None:
    """From the next request on the agency is unknown."""
    with opened(read_config()) as hub:
        if agency not in {one.id for one in agencies(hub)} or not disable_client(hub, agency):
            raise ValueError(f"no such agency: {agency}")


@feed_app.command("subscribe")
def subscribe_agency(
    agency: str,
    cube: Annotated[list[str], typer.Option(help="visits-area, indicator:ID or indicator:*; several times")],
) -> None:
    """What an agency may take from the feed: exactly these tables."""
    with opened(read_config()) as hub:
        subscribe(hub, agency, cube)


@feed_app.command("end")
def end_subscription(agency: str) -> None:
    """An agency takes nothing any more."""
    with opened(read_config()) as hub:
        subscribe(hub, agency, ())


@feed_app.command("list")
def list_subscribers() -> None:
    """Who may take what."""
    with opened(read_config()) as hub:
        found = subscribers(hub)
    listed(f"{name}\t{', '.join(cubes)}" for name, cubes in found.items())


@feed_app.command("make")
def make() -> None:
    """Put newly released public tables into the feed (a serving hub does it by itself)."""
    with opened(read_config()) as hub:
        done = feed_public(hub)
    listed(f"{sequence}\t{month}\t{cube}" for sequence, month, cube in done)


@feed_app.command("keys")
def keys() -> None:
    """The public key that signs the feed (JWKS); give it to subscribers by another way than the feed's own."""
    with opened(read_config()) as hub:
        show(feed_keys(hub))
