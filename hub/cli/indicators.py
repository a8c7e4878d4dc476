"""`hub indicators`: the definitions the city is measured by; to see them, to check a new one, to have one explained."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.access.measures import measures
from hub.bootstrap import opened
from hub.cli.indicator_trial import trial
from hub.cli.output import SOME_REFUSED
from hub.config import read_config
from hub.errors import Category, HubError, fix, text
from hub.fhir import json
from hub.model import Issue
from hub.monitor.indicators import Indicator, check, definitions
from hub.monitor.indicators.telling import told

app = typer.Typer(no_args_is_help=True)
Lang = Annotated[str, typer.Option(help="id or en")]


@app.callback()
def _indicators() -> None:
    """Definitions of indicators (docs/indicators.md)."""


@app.command("list")
def list_(lang: Lang = "id") -> None:
    """All indicators: code, how it is counted, title."""
    for each in definitions(read_config().indicators):
        print(f"{each.id:<30} {_state(each):<14} {each.title[_spoken(lang)]}")


@app.command("check")
def check_(file: Path, lang: Lang = "id") -> None:
    """Read one definition: what it says in words, or everything that is wrong with it, by line."""
    found, issues = check(file, read_config().indicators)
    for issue in issues:
        print(f"{issue.code}: {text(issue, _spoken(lang))} {fix(issue, _spoken(lang))}")
    if found is None:
        raise typer.Exit(SOME_REFUSED)
    print("\n".join(told(found, _spoken(lang))))


@app.command("explain")
def explain(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    lang: Lang = "id",
    sql: Annotated[bool, typer.Option("--sql", help="show the query too")] = False,
) -> None:
    """What an indicator counts, in words."""
    found = next((each for each in definitions(read_config().indicators) if each.id == id_), None)
    if found is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4247", args={"found": id_[:48]}))
    print("\n".join(told(found, _spoken(lang))))
    if sql and found.sql:
        print(f"\n{found.sql}")


@app.command("try")
def try_(file: Path, facts: Path) -> None:
    """Count a definition over facts you wrote into a CSV file. Nothing of the hub's data is read or changed."""
    found, issues = check(file, read_config().indicators)
    if found is None:
        raise HubError(Category.UNPROCESSABLE, *issues)
    for cell in trial(found, facts):
        who = f"{cell.sex or '-'} {cell.band or '-'}"
        print(
            f"{cell.month} facility {cell.facility} area {cell.area or '-'} {who}: {cell.numerator}/{cell.denominator}"
        )


@app.command("measures")
def measures_() -> None:
    """All definitions as one FHIR R4 Bundle of Measures, on standard output."""
    with opened(read_config()) as hub:
        sys.stdout.buffer.write(json.write(measures(hub)) + b"\n")


def _spoken(lang: str) -> str:
    return "en" if lang == "en" else "id"


def _state(indicator: Indicator) -> str:
    if indicator.self_reported:
        return "self-reported"
    if not indicator.is_computed:
        return "missing"
    return f"needs {indicator.needs}" if indicator.needs else "computed"
