"""Settings: environment variables `HUB_*`, read once by `hub.bootstrap`; each is documented in docs/operations.md."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.cities import city


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an operator may set. Times in seconds unless the name says otherwise."""

    home: Path
    host: str
    port: int
    base_url: str
    database_url: str
    keys_url: str
    mode: str
    tenant: str
    adapters: Path
    connectors: Path
    workers: int
    demo_visits: int
    adolescent_age: int | None = None
    token_ttl_s: int = 300
    presence_code_s: int = 900
    presence_h: int = 24
    inpatient_days: int = 7
    login_link_s: int = 86_400
    session_s: int = 8 * 3600
    token_rate_per_min: int = 600
    nik_rate_per_min: int = 60
    release_days: int = 7
    on_time_days: int = 2
    boundaries: Path | None = None
    kfa: Path | None = None
    search_parameters: Path | None = None
    dukcapil_url: str = ""
    dukcapil_key: Path | None = None
    demo_city: str = "small"
    indicators: Path | None = None
    surveillance: Path | None = None
    wall_frames: tuple[str, ...] = ()


def read_config(env: Mapping[str, str] | None = None) -> Config:
    """Settings from `env` (default: the process environment). ValueError names the variable that does not fit."""
    env = os.environ if env is None else env
    home = Path(env.get("HUB_HOME", "var")).absolute()
    port = _whole(env, "HUB_PORT", 8000)
    if port > 65_535:
        raise ValueError(f"HUB_PORT must be at most 65535, not {port}")
    mode = env.get("HUB_MODE", "demo")
    return Config(
        home=home,
        host=env.get("HUB_HOST", "127.0.0.1"),
        port=port,
        base_url=env.get("HUB_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        database_url=env.get("HUB_DATABASE_URL", f"sqlite:///{home / 'hub.db'}"),
        keys_url=env.get("HUB_KEYS_URL", f"sqlite:///{home / 'keys.db'}"),
        mode=mode,
        tenant=env.get("HUB_TENANT") or city().tenant,
        connectors=Path(env.get("HUB_CONNECTORS", Path(__file__).parent.parent / "connectors")).absolute(),
        adapters=Path(env.get("HUB_ADAPTERS", Path(__file__).parent.parent / "adapters")).absolute(),
        workers=_whole(env, "HUB_WORKERS", 1),
        demo_visits=_whole(env, "HUB_DEMO_VISITS", 60_000 if env.get("HUB_DEMO_CITY") == "big" else 3000),
        demo_city=_one_of(env, "HUB_DEMO_CITY", ("small", "big")),
        adolescent_age=_whole(env, "HUB_ADOLESCENT_AGE", 0) or None,
        release_days=_whole(env, "HUB_RELEASE_DAYS", 0 if mode == "demo" else 7),
        on_time_days=_whole(env, "HUB_ON_TIME_DAYS", 2),
        nik_rate_per_min=_whole(env, "HUB_NIK_RATE", 60) or 1,
        boundaries=_path(env, "HUB_BOUNDARIES") or city().boundaries,
        kfa=_path(env, "HUB_KFA"),
        search_parameters=_path(env, "HUB_SEARCH_PARAMETERS"),
        dukcapil_url=env.get("HUB_DUKCAPIL_URL", ""),
        dukcapil_key=_path(env, "HUB_DUKCAPIL_KEY"),
        indicators=_path(env, "HUB_INDICATORS"),
        surveillance=_path(env, "HUB_SURVEILLANCE"),
        wall_frames=_origins(env, "HUB_WALL_FRAMES"),
    )


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).absolute() if env.get(name) else None


def _origins(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple(env.get(name, "").split())
    for origin in found:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", origin):
            raise ValueError(f"{name} must be origins such as https://wall.example.org, not {origin!r}")
    return found


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name) or allowed[0]
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise ValueError(f"{name} must be a whole number, not {value!r}")
    return int(value)
