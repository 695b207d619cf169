"""What is at a place: files by kind, databases, source code. Nothing is read but names
and the first bytes of what may be a database.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from wct_domain.errors import ConfigurationError

MOST_FILES: Final = 100_000
"""Files that are looked at; a first look should not take minutes."""

CODE: Final = frozenset(
    {".php", ".js", ".mjs", ".ts", ".tsx", ".py", ".java", ".go", ".cs", ".rb"}
)
"""Endings of source code that may be analysed as such."""

_DATABASE: Final = frozenset({".db", ".db3", ".sqlite", ".sqlite3"})
_SQLITE: Final = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html
_PASSED_OVER: Final = frozenset({"__pycache__", "node_modules", "venv", "vendor"})
_SERVERS: Final = {
    "mysql": ("mysql_connector", "MYSQL", 3306),
    "mariadb": ("mysql_connector", "MYSQL", 3306),
    "postgresql": ("postgresql_connector", "POSTGRESQL", 5432),
    "postgres": ("postgresql_connector", "POSTGRESQL", 5432),
}


class Server(NamedTuple):
    """A database server, as a URL names it. A password in it is not kept."""

    type: str  # of the connector
    prefix: str  # of the variables that the connector takes
    host: str
    port: int
    user: str
    database: str


class Survey(NamedTuple):
    """What was found; paths are as they can be written into a runbook."""

    place: Path | None = None  # None: a server
    endings: Counter[str] = Counter()  # noqa: RUF012  # never added to
    databases: tuple[Path, ...] = ()
    passed_over: tuple[str, ...] = ()  # names of directories, "." for hidden ones
    server: Server | None = None

    @property
    def files(self) -> int:
        """Number of files that are no databases."""
        return self.endings.total()

    @property
    def code(self) -> int:
        """Number of those that are source code."""
        return sum(count for ending, count in self.endings.items() if ending in CODE)


def survey(target: str) -> Survey:
    """Look at a path, or read a URL.

    Raises:
        ConfigurationError: there is nothing there, or the URL is of another kind.
    """
    if "://" in target:
        return _of_a_url(target)
    path = Path(target)
    if path.is_dir():
        return _of_a_directory(path)
    if not path.exists():
        msg = (
            f"{target} is not there; name a directory, a file or the URL of a database"
        )
        raise ConfigurationError(msg)
    if _is_sqlite(path):
        return Survey(path, databases=(path,))
    return Survey(path, endings=Counter([path.suffix.lower()]))


def _of_a_url(url: str) -> Survey:
    scheme, _, rest = url.partition("://")
    if scheme in ("sqlite", "file"):
        # As SQLAlchemy writes them: three slashes before a relative path.
        return survey(unquote(rest.removeprefix("/")) or ".")
    if scheme not in _SERVERS:
        known = ", ".join(f"{each}://" for each in ("mysql", "postgresql", "sqlite"))
        msg = f"{scheme}:// is not known here; known are {known}, and paths"
        raise ConfigurationError(msg)
    kind, prefix, port = _SERVERS[scheme]
    try:
        parts = urlsplit(url)
        found = parts.port or port
    except ValueError as error:
        msg = f"the URL cannot be read ({error}); write {scheme}://USER@HOST/DATABASE"
        raise ConfigurationError(msg) from None
    user, host = unquote(parts.username or ""), parts.hostname or "localhost"
    if not user:
        msg = f"the URL names no user; write {scheme}://USER@HOST/DATABASE"
        raise ConfigurationError(msg)
    database = unquote(parts.path.strip("/"))
    return Survey(server=Server(kind, prefix, host, found, user, database))


def _of_a_directory(path: Path) -> Survey:
    endings: Counter[str] = Counter()
    databases: list[Path] = []
    passed_over: set[str] = set()
    for file in _files(path, passed_over):
        if file.suffix.lower() in _DATABASE and _is_sqlite(file):
            databases.append(file)
        else:
            endings[file.suffix.lower()] += 1
    if not endings and not databases:
        msg = f"there are no files in {path}; name another directory, or a database"
        raise ConfigurationError(msg)
    return Survey(path, endings, tuple(sorted(databases)), tuple(sorted(passed_over)))


def _files(path: Path, passed_over: set[str]) -> Iterator[Path]:
    """Yield files, some; note which directories are nobody's own work."""
    count = 0
    for folder, folders, names in os.walk(path):
        for name in [*folders]:
            if name.startswith(".") or name in _PASSED_OVER:
                passed_over.add("." if name.startswith(".") else name)
                folders.remove(name)
        for name in names:
            yield Path(folder, name)
            count += 1
            if count >= MOST_FILES:
                return


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False
