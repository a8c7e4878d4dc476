"""The figures as a table on the terminal and as bench/latest.json."""

import json
from pathlib import Path
from typing import Any

LATEST = Path(__file__).with_name("latest.json")
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
        held = figures[engine]
        share = held["ingest_http"] / held["floor"]
        tried = ", ".join(f"{number}: {found['ingest_http']:.0f}/s" for number, found in held["by_workers"].items())
        print(f"{engine}: {held['workers']} worker(s) chosen ({tried}); ingest_http is {share:.0%} of the floor")


def write(figures: dict[str, Any]) -> None:
    """Write bench/latest.json."""
    LATEST.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def rounded(value: Any) -> Any:
    """Figures without digits that mean nothing."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return round(value, 2) if value < 100 else round(value)
    return value


def _shown(value: float) -> str:
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
