"""A real PostgreSQL for the tests, from Debian's package, in a directory of its own.

One for each process of pytest: an open transaction in any database of a server holds
back the readers of all others. Each test has a database of its own.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

# Durable enough for what is tested here, and no background work that takes xids: a
# test decides alone which transactions are open.
_SETTINGS = (
    "autovacuum=off",
    "fsync=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    "max_connections=60",
    "max_prepared_transactions=5",
    "shared_buffers=32MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "lc_messages=C",
)


class Server:
    """A server that is running, and what it takes to talk to it."""

    def __init__(self, directory: Path, port: int, binaries: Path) -> None:
        self.directory = directory
        self.port = port
        self._binaries = binaries
        self._count = 0

    def url(self, database: str, **options: str) -> str:
        """Lead to a database, by the socket, as the superuser."""
        given = {"host": str(self.directory), "port": str(self.port), **options}
        query = "&".join(f"{key}={value}" for key, value in given.items())
        return f"postgresql://postgres@/{database}?{query}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Connect without any of our own code between."""
        return psycopg.connect(self.url(database), autocommit=True)

    def new_database(self, options: str = "") -> str:
        """Make an empty database, and return its name."""
        self._count += 1
        name = f"test_{self._count}"
        with closing(self.connect()) as connection:
            connection.execute(f"CREATE DATABASE {name} {options}".encode())
        return name

    def stop(self) -> None:
        """End it as a crash does."""
        self.control("stop", "--mode=immediate")

    def restart(self) -> None:
        """End all sessions, and start again; nothing that was committed is lost."""
        self.control("stop", "--mode=fast")
        self.start()

    def start(self) -> None:
        settings = [f"-c {setting}" for setting in _SETTINGS]
        place = f"-c unix_socket_directories={self.directory} -c port={self.port}"
        self.control(
            "start",
            f"--log={self.directory / 'server.log'}",
            f"--options={' '.join([place, *settings])}",
        )

    def control(self, what: str, *options: str) -> None:
        run(
            self._binaries / "pg_ctl",
            what,
            f"--pgdata={self.directory / 'data'}",
            "--wait",
            *options,
        )


def binaries() -> Path | None:
    """Find where initdb, postgres and pg_ctl are."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(installed, key=lambda path: int(path.parts[-3]))
    if newest:
        return newest[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def run(program: Path, *arguments: str) -> None:
    """Run a program of PostgreSQL, which none of them is as root."""
    user: list[str] = []
    if os.geteuid() == 0:
        user = ["setpriv", f"--reuid={_user()}", f"--regid={_user()}", "--clear-groups"]
    done = subprocess.run(
        [*user, str(program), *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        timeout=60,
        cwd="/",
    )
    if done.returncode:
        msg = f"{program.name} {' '.join(arguments)}: {done.stdout}"
        raise RuntimeError(msg)


@contextmanager
def running_server(binaries: Path) -> Generator[Server]:
    """Start a server, and stop it and delete its files in the end."""
    # A short path: a socket's may have 107 characters, and pytest's are longer.
    directory = Path(tempfile.mkdtemp(prefix="wct-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(directory, _user())
        run(
            binaries / "initdb",
            f"--pgdata={directory / 'data'}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        server = Server(directory, free_port(), binaries)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _user() -> str:
    """Whom the server runs as when we are root."""
    import pwd

    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def free_port() -> int:
    import socket

    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port


@contextmanager
def open_transaction(server: Server) -> Generator[psycopg.Connection[Any]]:
    """Hold back all readers of the server: a transaction that wrote and lingers."""
    with closing(server.connect()) as holder:
        holder.execute("SET application_name = 'lingers'")
        holder.execute("BEGIN")
        holder.execute("SELECT pg_current_xact_id(), 'not to be seen'")
        yield holder
        holder.execute("ROLLBACK")
