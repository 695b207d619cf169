"""A real MariaDB for the tests, from Debian's package, in a directory of its own.

One for each process of pytest; each test has a database of its own.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.postgres import free_port

_PATIENCE = 60.0  # seconds until it must listen
_SETTINGS = (
    "--no-defaults",
    "--bind-address=127.0.0.1",
    "--character-set-server=utf8mb4",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-log-file-size=4M",
    "--performance-schema=OFF",
    "--skip-log-bin",
    "--skip-name-resolve",
)


class Server:
    """A server that is running, and what it takes to talk to it."""

    def __init__(self, directory: Path, port: int, program: Path) -> None:
        self.directory = directory
        self.port = port
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0

    @property
    def socket(self) -> str:
        return str(self.directory / "socket")

    def run(self, database: str, *statements: str) -> list[Any]:
        """Run statements as the superuser; return the rows of the last one."""
        rows: list[Any] = []
        with self._engine(database).connect() as connection:
            for statement in statements:
                done = connection.exec_driver_sql(statement.replace("%", "%%"))
                rows = list(done) if done.returns_rows else []
        return rows

    @contextmanager
    def held(self, table: str) -> Generator[None]:
        """Lock a table, as somebody who changes it does."""
        with self._engine("").connect() as connection:
            connection.exec_driver_sql(f"LOCK TABLES {table} WRITE")
            yield

    def _engine(self, database: str) -> sa.Engine:
        return sa.create_engine(
            "mysql+pymysql://",
            connect_args={
                "unix_socket": self.socket,
                "user": "root",
                "database": database or None,
                "autocommit": True,
            },
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )

    def new_database(self) -> str:
        """Make an empty database, and return its name."""
        self._count += 1
        name = f"test_{self._count}"
        self.run("", f"CREATE DATABASE {name}")
        return name

    def start(self, *options: str) -> None:
        place = (f"--datadir={self.directory / 'data'}", f"--socket={self.socket}")
        port = (f"--port={self.port}", f"--pid-file={self.directory / 'pid'}")
        with (self.directory / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._program), *_SETTINGS, *options, *place, *port, *_user()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd="/",
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                text = (self.directory / "server.log").read_text(errors="replace")
                self.stop()
                msg = f"mariadbd did not start: {text[-2000:]}"
                raise RuntimeError(msg)
            time.sleep(0.05)

    def _answers(self) -> bool:
        # By hand: PyMySQL forgets to close a socket that nobody listens at.
        with socket.socket(socket.AF_UNIX) as candidate:
            try:
                candidate.settimeout(5)
                candidate.connect(self.socket)
                return bool(candidate.recv(1))  # its greeting
            except OSError:
                return False

    def stop(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def program() -> Path | None:
    """Find the server."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    needed = ("mariadb-install-db", "my_print_defaults")
    found = shutil.which("mariadbd", path=path)
    there = all(shutil.which(each, path=path) for each in needed)
    return Path(found) if found and there else None


@contextmanager
def running_server(program: Path, *options: str) -> Generator[Server]:
    """Start a server, and stop it and delete its files in the end."""
    # A short path: a socket's may have 107 characters, and pytest's are longer.
    directory = Path(tempfile.mkdtemp(prefix="wct-my-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(directory, _owner())
        _install(directory)
        server = Server(directory, free_port(), program)
        server.start(*options)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _install(directory: Path) -> None:
    path = f"{os.environ['PATH']}:/usr/sbin"
    done = subprocess.run(
        [
            *("mariadb-install-db", "--no-defaults", "--skip-test-db", *_user()),
            f"--datadir={directory / 'data'}",
            "--auth-root-authentication-method=normal",
        ],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": path, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        timeout=120,
        cwd="/",
    )
    if done.returncode:
        msg = f"mariadb-install-db: {done.stdout}"
        raise RuntimeError(msg)


def _user() -> list[str]:
    return [f"--user={_owner()}"] if os.geteuid() == 0 else []


def _owner() -> str:
    """Whom the server runs as when we are root."""
    import pwd

    try:
        return pwd.getpwnam("mysql").pw_name
    except KeyError:
        return "nobody"
