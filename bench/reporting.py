"""The figures as a table on the terminal and as bench/latest.json."""

import json
from pathlib import Path
from typing import Any

from bench import crud
from bench.databases import ENGINES

LATEST = Path(__file__).with_name("latest.json")
_AT_SCALE = ("search_by_scale", "search_1m_p50_ms", "search_1m_p95_ms", "search_100k_p95_ms", "search_measured")
_LINES = (
    ("ingest_http", "resources/s in over HTTP, transaction bundles"),
    ("ingest_adapter_klinik", "resources/s in over HTTP, clinics' files"),
    ("ingest_adapter_epuskesmas", "resources/s in over HTTP, puskesmas' daily reports"),
    ("ingest_adapter_khanza", "resources/s in over HTTP, a hospital's rows as the agent sends them"),
    ("floor", "resources/s, the same rows by bare COPY/executemany"),
    ("read_rps", "reads/s by id, audited durably"),
    ("read_p95_ms", "ms, 95 % of reads"),
    ("search_p50_ms", "ms, half of the searches"),
    ("search_p95_ms", "ms, 95 % of the searches"),
    ("crud_rps", "requests/s, CRUD mix (best of 1 to 300 connections)"),
    ("rss_mb", "MiB peak memory of the server's processes"),
)


def show(figures: dict[str, Any]) -> None:
    """Print the figures of both databases side by side."""
    engines = [name for name in ("sqlite", "postgresql") if name in figures]
    print(f"\n{figures['machine']}\n{figures['material']}; {figures['date']}\n")
    print(f"{'':26}" + "".join(f"{name:>14}" for name in engines))
    for name, meaning in _LINES:
        print(f"{name:26}" + "".join(f"{_shown(figures[engine][name]):>14}" for engine in engines) + f"   {meaning}")
    for kind in ("with_audit", "without_audit"):
        values = "".join(f"{figures[engine]['bytes_per_resource'][kind]:>14.0f}" for engine in engines)
        print(f"{'bytes/resource':26}{values}   on disk, {kind.replace('_', ' ')}")
    for engine in engines:
        print("\n" + "\n".join(crud.lines(figures[engine])))
    for engine in engines:
        held = figures[engine]
        share = held["ingest_http"] / held["floor"]
        tried = ", ".join(f"{number}: {found['ingest_http']:.0f}/s" for number, found in held["by_workers"].items())
        print(f"{engine}: {held['workers']} worker(s) chosen ({tried}); ingest_http is {share:.0%} of the floor")


def write(figures: dict[str, Any]) -> None:
    """Write bench/latest.json; of what stands there the figures of the search at scale stay."""
    held = json.loads(LATEST.read_text(encoding="utf-8")) if LATEST.exists() else {}
    for engine in ENGINES:
        kept = {name: value for name, value in held.get(engine, {}).items() if name in _AT_SCALE}
        figures[engine] = figures[engine] | kept
    _write(figures)


def merge(figures: dict[str, dict[str, Any]]) -> None:
    """Put figures of the databases beside those that are in bench/latest.json."""
    held = json.loads(LATEST.read_text(encoding="utf-8"))
    for engine, found in figures.items():
        held.setdefault(engine, {}).update(found)
    _write(held)


def _write(figures: dict[str, Any]) -> None:
    LATEST.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _shown(value: float) -> str:
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
