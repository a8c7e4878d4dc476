"""`hub identity report` and `hub identity judge A.json B.json`: how good the matching is, and one pair explained.

The report judges invented, labelled pairs (`fixtures.pairs`) or a file of them; none of the hub's own records is read.
"""

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hub.cli.output import read_json, show
from hub.identity import demographics, explain, judge

if TYPE_CHECKING:
    from fixtures.pairs import LabelledPair
    from fixtures.pairs.measure import Figures

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CITY = 20_000
NO_SPLINK = "Splink is not installed here; `pip install splink` in a test environment, then run the report again"


def report(
    file: Annotated[Path | None, typer.Option("--pairs", help="A file made by `python -m fixtures.pairs`.")] = None,
    made: Annotated[int, typer.Option(help="Without a file: invent so many pairs.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Seed of the invented pairs.")] = 1,
    with_splink: Annotated[bool, typer.Option("--splink", help="Put Splink beside it, on the same pairs.")] = False,
    with_city: Annotated[bool, typer.Option("--city", help="Judge strangers across pairs too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Precision, recall and review of the matching on labelled pairs, altogether and by kind."""
    if made < 1:
        raise ValueError("--made must be at least 1")
    from fixtures.pairs import pairs  # a server has no use for invented people
    from fixtures.pairs.files import read_pairs
    from fixtures.pairs.measure import as_city, measure

    source: Callable[[], Iterable[LabelledPair]] = (lambda: read_pairs(file)) if file else (lambda: pairs(seed, made))
    figures = measure(source())
    found: dict[str, Any] = {"source": str(file) if file else f"made {made}, seed {seed}", "hub": figures.as_dict()}
    if with_city:
        city = as_city(pair for pair in source() if pair.number < CITY)
        found["city"] = {
            "records": city.records,
            "candidates_per_record": round(city.candidates, 2),
            "judged": city.judged,
            "false_links": city.false_links,
            "reviews": city.reviews,
        }
    if with_splink:
        found["splink"] = _splink(source(), figures)
    if as_json:
        show(found)
    else:
        _print(found)


def judge_files(
    one: Annotated[Path, typer.Argument(help="A FHIR R4 Patient as JSON.")],
    other: Annotated[Path, typer.Argument(help="Another.")],
    lang: Annotated[str, typer.Option(help="id or en")] = "id",
    as_json: AsJson = False,
) -> None:
    """What the hub would hold of two Patients, and why; nothing is stored."""
    if lang not in ("id", "en"):
        raise ValueError("--lang is id or en")
    people = []
    for file in (one, other):
        patient = read_json(file)
        if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
            raise ValueError(f"{file} is not a FHIR Patient")
        people.append(demographics(patient))
    match = judge(*people)
    if as_json:
        show({"judgement": match.judgement, "score": match.score, "rule": match.rule, "why": explain(match, lang)})
        return
    print(f"{match.judgement} ({match.score:.4f})")
    for line in explain(match, lang):
        print(f"  {line}")


def _splink(source: "Iterable[LabelledPair]", figures: "Figures") -> dict[str, Any]:
    if find_spec("splink") is None:
        return {"missing": NO_SPLINK}
    from fixtures.pairs.against_splink import compare

    return compare(source, lost=figures.count(True, "negative")).as_dict()


def _print(found: dict[str, Any]) -> None:
    console = Console(width=110)
    hub = found["hub"]
    console.print(
        f"{found['source']}: {hub['pairs']} pairs, {hub['matches']} matches and {hub['unknowable']} unknowable"
    )
    table = Table(
        "",
        "hub",
        *(["splink, no false link", "splink, 1 in 10,000", "splink, best F1"] if "precision" in _strict(found) else []),
    )
    sides = [hub, *(found.get("splink", {}).get(name, {}) for name in ("strict", "loose", "best_f1"))]
    for name in ("precision", "recall", "false_links"):
        table.add_row(
            name, *(f"{side[name]:.4f}" if name != "false_links" else str(side[name]) for side in sides if side)
        )
    review = found.get("splink", {}).get("review")
    table.add_row("review", f"{hub['review']:.4f}", *(["", f"{review:.4f}"] if review is not None else []))
    console.print(table)
    console.print(f"share a block: {hub['blocking_completeness']:.4f}; a judgement: {hub['judge_microseconds']} µs")
    if city := found.get("city"):
        console.print(
            f"as one city of {city['records']}: {city['candidates_per_record']} candidates a record,"
            f" {city['false_links']} false links and {city['reviews']} reviews in {city['judged']} pairs of strangers"
        )
    if missing := found.get("splink", {}).get("missing"):
        console.print(missing)
    kinds = Table("kind", "truth", "linked", "review", "apart")
    for kind, counts in hub["kinds"].items():
        truth = "one" if counts["is_match"] else "two"
        kinds.add_row(kind, truth, *(str(counts[key]) for key in ("positive", "unsure", "negative")))
    console.print(kinds)


def _strict(found: dict[str, Any]) -> dict[str, Any]:
    return dict(found.get("splink", {}).get("strict", {}))
