"""A random history of one ledger, and what must be there after each part of it."""

import json
import random
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import apsw

from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.checkpoints import add_checkpoint
from wct_domain.digests import Reference, blob_digest
from wct_domain.errors import LedgerWriteError
from wct_domain.events import (
    ArtifactSaved,
    DataErased,
    ErasureRequested,
    Event,
    EvidenceRevealed,
    PluginNoted,
    RunPruned,
)
from wct_domain.ports.ledger import Blob, Ledger, NewEvent, Recorded

STREAMS: Final = 3  # of each hand
_CONTENT = "0" * 64

Tell: TypeAlias = Callable[[object], None]


class Appended(NamedTuple):
    """One append that was acknowledged, with all that it changed."""

    recorded: tuple[Recorded, ...]
    power: bool
    blobs: frozenset[str]
    forgotten: frozenset[str]
    redacted: frozenset[tuple[str, int]]

    @property
    def last(self) -> int:
        return self.recorded[-1].global_position


class Signed(NamedTuple):
    """A checkpoint that was acknowledged."""

    size: int
    root: bytes


class Destroying(NamedTuple):
    """The key of a scope may be gone from here on."""

    scope: str


class Destroyed(NamedTuple):
    """The key of a scope is gone; ``key`` is what must be in no file."""

    scope: str
    key: str | None  # hexadecimal; None: nothing was ever sealed for it


class Hand:
    """Does one random thing after another to streams of its own, and tells of it.

    What is told is what a caller was promised: it is told after the call returned.
    """

    def __init__(
        self, path: Path, streams: list[str], chance: random.Random, tell: Tell
    ) -> None:
        self._path = path
        self._chance = chance
        self._tell = tell
        self._ledger: Ledger
        self._versions = dict.fromkeys(streams, 0)
        self._blobs: dict[str, list[str]] = {name: [] for name in streams}
        self._notes: dict[str, list[int]] = {name: [] for name in streams}

    def work(self, ledger: Ledger, steps: int) -> None:
        self._ledger = ledger
        actions: list[tuple[int, Callable[[], None]]] = [
            (12, self._append),
            (3, self._append_for_power),
            (2, self._sign),
            (2, self._move_log),
            (1, self._erase),
            (1, self._prune),
            (1, self._compact),
        ]
        weights, choices = zip(*actions, strict=True)
        for act in self._chance.choices(choices, weights, k=steps):
            act()

    def _append(self) -> None:
        stream = self._any_stream()
        blobs = [self._blob(stream) for _ in range(self._chance.randint(0, 2))]
        events: list[Event] = [
            PluginNoted(plugin="p", name="n", data={"text": "x" * self._size(1500)})
            for _ in range(self._chance.randint(0 if blobs else 1, 3))
        ]
        for blob in blobs:
            result = Reference(blob=blob.digest, content=_CONTENT)
            events.append(ArtifactSaved(artifact="a", result=result, items=0, size=0))
        self._blobs[stream] += [blob.digest for blob in blobs]
        self._record(stream, events, blobs=blobs)

    def _append_for_power(self) -> None:
        stream = self._any_stream()
        self._record(stream, [EvidenceRevealed(by="0" * 32, command="show")])

    def _sign(self) -> None:
        made = add_checkpoint(self._ledger, self._ledger.keys, utc_now)
        if made is not None:
            self._tell(Signed(made.size, made.root))

    def _move_log(self) -> None:
        """Have SQLite move its log into the database, as a checkpointer would."""
        how = self._chance.choice(("PASSIVE", "RESTART", "TRUNCATE"))
        connection: Any = apsw.Connection(str(self._path))
        with suppress(apsw.BusyError):  # somebody else does, or writes
            connection.execute(f"PRAGMA wal_checkpoint({how})").fetchall()
        connection.close()

    def _erase(self) -> None:
        stream = self._any_stream()
        keys = self._ledger.keys
        scope = keys.scope_of(stream)
        requested = ErasureRequested(scope=scope, reason="other", by="0" * 32)
        self._record(stream, [requested])
        key = self._key_of(scope)
        self._tell(Destroying(scope))
        keys.destroy([scope])
        self._tell(Destroyed(scope, key))
        gone, self._blobs[stream] = self._blobs[stream], []
        erased = DataErased(scope=scope, blobs=len(gone))
        self._record(stream, [erased], forget=gone)

    def _prune(self) -> None:
        stream = self._any_stream()
        notes, self._notes[stream] = self._notes[stream], []
        gone, self._blobs[stream] = self._blobs[stream], []
        ranges = tuple((position, position) for position in notes)
        pruned = RunPruned(positions=ranges, blobs=len(gone), size=0)
        self._record(stream, [pruned], forget=gone, redact=notes)

    def _blob(self, stream: str) -> Blob:
        body = self._chance.randbytes(self._size(9000))
        stored = self._ledger.keys.sealer(stream).seal(b"\x00" + body)
        return Blob(blob_digest(stored), stored)

    def _compact(self) -> None:
        with suppress(LedgerWriteError):  # another thread is reading or writing
            self._ledger.maintenance.compact()

    def _any_stream(self) -> str:
        return self._chance.choice(list(self._versions))

    def _key_of(self, scope: str) -> str | None:
        store = json.loads(self._path.with_name(f"{self._path.name}.keys").read_bytes())
        keys: dict[str, str] = store["ledgers"][self._ledger.log_id].get("scopes", {})
        return keys.get(scope)

    def _size(self, most: int) -> int:
        """Mostly small, now and then large."""
        return int(most * self._chance.random() ** 3)

    def _record(
        self,
        stream: str,
        events: list[Event],
        *,
        blobs: list[Blob] | None = None,
        forget: list[str] | None = None,
        redact: list[int] | None = None,
    ) -> None:
        recorded = self._ledger.append(
            stream,
            [NewEvent(new_id(), event) for event in events],
            expected=self._versions[stream],
            blobs=blobs or [],
            forget=forget or [],
            redact=redact or [],
        )
        self._notes[stream] += [
            each.position
            for each in recorded
            if isinstance(each.event, PluginNoted | ArtifactSaved)
        ]
        self._versions[stream] += len(events)
        self._tell(
            Appended(
                recorded,
                any(event.durability == "power" for event in events),
                frozenset(blob.digest for blob in blobs or []),
                frozenset(forget or []),
                frozenset((stream, position) for position in redact or []),
            )
        )


@contextmanager
def random_history(
    path: Path, chance: random.Random, steps: int, tell: Tell
) -> Generator[None]:
    """Open a ledger now and then, and let one to three threads work on it at once.

    It is closed between sessions, but not after the last one: until the block ends.
    """
    hands = [
        Hand(
            path,
            [f"run/{number}.{each}" for each in range(STREAMS)],
            random.Random(chance.getrandbits(32)),
            tell,
        )
        for number in range(chance.randint(1, 3))
    ]
    sessions = chance.randint(1, 4)
    for session in range(sessions):
        ledger = open_sqlite_ledger(path, clock=utc_now)
        share = steps // (sessions * len(hands)) + 1
        with ThreadPoolExecutor(len(hands)) as pool:
            for done in [pool.submit(each.work, ledger, share) for each in hands]:
                done.result()
        if session == sessions - 1:
            yield
        ledger.close()
