"""The search shapes of bench/shapes.toml, against any FHIR server that holds what the values were drawn from."""

import random
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.calls import JSON, Target
from bench.draws import Values
from bench.figures import middle, percentile
from bench.wire import Answer, Script, Step, drive

CONNECTIONS = 2
PATIENCE_MS = 10_000
"""What one shape may take in all: the rest of its requests is then left out."""
_BLANK = re.compile(r"\{(\w+)\}")
_TOTAL = re.compile(rb'"total" ?: ?(\d+)')
_REASON = re.compile(rb'"code" ?: ?"([a-z-]+)"')


@dataclass(frozen=True, slots=True)
class Shape:
    """A search with blanks. `scope`: patient, identity or author."""

    name: str
    scope: str
    path: str
    about: str

    def filled(self, values: Values) -> str | None:
        """The path with the blanks filled; None when a value is missing."""
        if any(name not in values for name in _BLANK.findall(self.path)):
            return None
        given = _BLANK.sub(lambda found: quote(values[found[1]], safe=""), self.path)
        return given.replace("|", "%7C")


@dataclass(slots=True)
class Shown:
    """What came of one shape: milliseconds and hits of each answer, and the refusals by reason."""

    ms: list[float] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    spent_ms: float = 0.0
    left_out: int = 0

    def take(self, answer: Answer) -> None:
        """A refusal is quick: it must not count as a fast search."""
        self.spent_ms += answer.ms
        if answer.status != 200:
            reason = _REASON.search(answer.body)
            self.refused[f"HTTP {answer.status} {reason[1].decode() if reason else ''}".strip()] += 1
            return
        total = _TOTAL.search(answer.body)
        self.ms.append(answer.ms)
        self.hits.append(int(total[1]) if total else answer.body.count(b'"fullUrl"'))

    def figures(self) -> dict[str, Any]:
        """For the table and latest.json; `hits` is the median, `empty` how many found nothing."""
        found: dict[str, Any] = {"answered": len(self.ms)}
        if self.ms:
            found |= {"p50_ms": percentile(self.ms, 50), "p95_ms": percentile(self.ms, 95)}
            found |= {"hits": middle(self.hits), "empty": self.hits.count(0)}
        if self.refused:
            found["refused"] = dict(self.refused)
        if self.left_out:
            found["left_out"] = self.left_out
        return found


def shapes() -> list[Shape]:
    """All shapes, in the order of the file."""
    table = tomllib.loads(Path(__file__).with_name("shapes.toml").read_text(encoding="utf-8"))
    return [Shape(f"{scope}.{name}", scope, *row) for scope, rows in table.items() for name, row in rows.items()]


def measure(
    targets: dict[str, Target], drawn: Sequence[tuple[str, Values]], requests: int, seed: int = 1
) -> dict[str, Any]:
    """So many requests of every shape, all shapes in turn, over two connections, after one round that does not count.
    `drawn`: whose target is asked, and with what values. p50 and p95 are over all answered requests together."""
    draw = random.Random(seed)
    place = next(iter(targets.values())).place
    for number in (1, requests):
        found: dict[str, Shown] = defaultdict(Shown)
        steps = iter([step for _ in range(number) for step in _round(targets, drawn, draw)])
        drive(place, [_asking(steps, found) for _ in range(CONNECTIONS)])
    ms = [each for shown in found.values() for each in shown.ms]
    return {
        "p50_ms": percentile(ms, 50),
        "p95_ms": percentile(ms, 95),
        "p99_ms": percentile(ms, 99),
        "shapes": {shape.name: found[shape.name].figures() for shape in shapes()},
    }


def _round(targets: dict[str, Target], drawn: Sequence[tuple[str, Values]], draw: random.Random) -> list[Step]:
    """Each shape once, in an order of its own, each with values of somebody else."""
    steps = []
    for shape in shapes():
        for who, values in (draw.choice(drawn) for _ in range(200)):
            if (path := shape.filled(values)) is not None:
                steps.append(Step(shape.name, targets[who].request("GET", path, headers={"Accept": JSON["Accept"]})))
                break
    draw.shuffle(steps)
    return steps


def _asking(steps: Iterator[Step], found: dict[str, Shown]) -> Script:
    for step in steps:
        shown = found[step.label]
        if shown.spent_ms > PATIENCE_MS:
            shown.left_out += 1
        else:
            shown.take((yield step))


def lines(by_scale: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The table: a line per shape, p50/p95 in ms and hits per scale, and the ratio of the last p95 to the first."""
    yield f"{'shape':32}" + "".join(f"{scale + ': p50/p95 ms (hits)':>34}" for scale in by_scale)
    for shape in shapes():
        cells = (f"{_cell(found['shapes'][shape.name]):>34}" for found in by_scale.values())
        yield f"{shape.name:32}{''.join(cells)}   {shape.about}"
    totals = (f"{found['p50_ms']:.1f}/{found['p95_ms']:.1f}" for found in by_scale.values())
    yield f"{'all answered':32}" + "".join(f"{total:>34}" for total in totals)
    for scale, found in by_scale.items():
        refused = [(name, reason) for name, row in found["shapes"].items() for reason in row.get("refused", ())]
        count = len({name for name, _ in refused})
        yield f"{scale}: {count} of {len(shapes())} shapes refused, wholly or in part"
        for reason in sorted({reason for _, reason in refused}):
            yield f"  {reason}: {', '.join(name for name, other in refused if other == reason)}"


def _cell(row: dict[str, Any]) -> str:
    parts = [f"{row['p50_ms']:.1f}/{row['p95_ms']:.1f} ({row['hits']:.0f})"] if "p50_ms" in row else []
    if row.get("empty"):
        parts.append(f"{row['empty']} empty")
    if "refused" in row:
        parts.append(f"{sum(row['refused'].values())} refused")
    if "left_out" in row:
        parts.append(f"{row['left_out']} left out")
    return ", ".join(parts) or "never asked"
