"""The SQLite ledger as its port sees it: a writer and a reader over one file."""

from collections.abc import Callable, Collection, Iterator, Sequence

from wct_adapters.ledgers.sqlite.append import Appender
from wct_adapters.ledgers.sqlite.read import PagedReader
from wct_domain.errors import LedgerWriteError
from wct_domain.ports.ledger import Blob, Ledger, NewEvent, Recorded, Stream


class SqliteLedger(Ledger):
    """Made by :func:`wct_adapters.ledgers.sqlite.opening.open_sqlite_ledger`."""

    def __init__(
        self,
        location: str,
        reader: PagedReader,
        appender: Appender | None,
        content_key: Callable[[], bytes],
    ) -> None:
        self._location = location
        self._reader = reader
        self._appender = appender
        self._content_key = content_key

    @property
    def location(self) -> str:
        return self._location

    @property
    def content_key(self) -> bytes:
        """See the port.

        Raises:
            LedgerUnusableError: opened for reading only, and the key is not there.
        """
        return self._content_key()

    def append(
        self,
        stream: str,
        events: Sequence[NewEvent],
        *,
        expected: int | None,
        blobs: Sequence[Blob] = (),
        correlation_id: str | None = None,
    ) -> tuple[Recorded, ...]:
        if self._appender is None:
            msg = (
                f"ledger '{self._location}' is open for reading only, nothing was "
                "recorded; open it for writing"
            )
            raise LedgerWriteError(msg)
        return self._appender.append(
            stream,
            events,
            expected=expected,
            blobs=blobs,
            correlation_id=correlation_id,
        )

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        return self._reader.read(stream, after=after)

    def read_all(
        self, *, after: int = 0, types: Collection[str] | None = None
    ) -> Iterator[Recorded]:
        return self._reader.read_all(after=after, types=types)

    def streams(self, prefix: str = "") -> list[Stream]:
        return self._reader.streams(prefix)

    def blob(self, digest: str) -> bytes:
        return self._reader.blob(digest)

    def close(self) -> None:
        self._reader.close()
        if self._appender is not None:
            self._appender.close()
