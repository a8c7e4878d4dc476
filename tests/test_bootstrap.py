"""Start-up refuses what is missing or unsafe, in a sentence that says how to set it."""

from dataclasses import replace
from pathlib import Path

import pytest

from hub.bootstrap import Unready, build, close
from hub.config import Config, read_config
from hub.parts import SELF


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return read_config({"HUB_HOME": str(tmp_path / "home")})


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"HUB_MODE": "test"}, "HUB_MODE"),
        ({"HUB_MODE": "production", "HUB_BASE_URL": "https://hub.example.id"}, "HUB_ADOLESCENT_AGE"),
        ({"HUB_MODE": "production", "HUB_ADOLESCENT_AGE": "12"}, "HUB_BASE_URL"),
        ({"HUB_ADAPTERS": "nowhere"}, "HUB_ADAPTERS"),
        ({"HUB_INDICATORS": "nowhere"}, "HUB_INDICATORS"),
    ],
)
def test_a_missing_or_unsafe_setting_is_named(env: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(Unready, match=named):
        build(read_config({"HUB_HOME": str(tmp_path), **env}))


@pytest.mark.parametrize(("name", "value"), [("HUB_PORT", "http"), ("HUB_WORKERS", "-1"), ("HUB_DEMO_VISITS", "many")])
def test_a_setting_that_is_no_number_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        read_config({name: value})


def test_a_home_of_another_city_does_not_open(config: Config) -> None:
    close(build(config))
    with pytest.raises(Unready, match="HUB_HOME"):
        build(replace(config, tenant="telaga-sari"))
    close(build(config))


def test_the_first_start_makes_everything_and_the_second_finds_it(config: Config) -> None:
    first = build(config)
    known = first.ids.encode
    key = next(iter(first.facilities))
    close(first)
    second = build(config)
    try:
        assert key == SELF
        assert second.facilities.keys() == {SELF}
        assert second.blinder.mpi("nik", "1") == first.blinder.mpi("nik", "1")
        assert known is not None
    finally:
        close(second)


def test_keys_and_databases_are_readable_by_their_owner_alone(config: Config) -> None:
    close(build(config))
    loose = [path.name for path in config.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert loose == []


def test_a_key_file_that_others_can_read_is_refused(config: Config) -> None:
    close(build(config))
    (config.home / "kek.key").chmod(0o644)
    with pytest.raises(Exception, match="kek"):
        build(replace(config))
