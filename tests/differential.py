"""Two ledgers are asked the same things, and must show the same.

``machine(first, second)`` makes a Hypothesis state machine out of two ways to open a
ledger in a directory; the first is the model. What chance decides (salts, hashes,
times, ids of ledgers) is left out of the comparison, as are global positions, which
are no order on every backend.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.checkpoints import add_checkpoint, checkpoint_over
from wct_domain.errors import WctError
from wct_domain.events import EvidenceRevealed, PluginNoted, RunPruned
from wct_domain.ports.ledger import Ledger, NewEvent, Recorded
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.testing.ledger_samples import blob_of, event_id
from wct_domain.verification import Trust, verify_ledger

Open: TypeAlias = Callable[[Path], Ledger]
_T = TypeVar("_T")

STREAMS: Final = ("run/a", "run/b", "sub/run/ü", "")
BLOBS: Final = tuple(blob_of(bytes([number]) * 5) for number in range(4))
_ABSENT: Final = "ab" * 32

names = st.sampled_from(STREAMS)
batches = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), max_size=3)
"""Numbers of events and kinds: the same number may come with another kind."""

positions = st.integers(0, 8)


def event_of(number: int, kind: int) -> NewEvent:
    event = (
        PluginNoted(plugin="p", name=str(number), data={"kind": kind}),
        PluginNoted(plugin="p", name=str(number), data={"kind": kind, "ü": None}),
        EvidenceRevealed(by="0" * 32, command=str(number)),
    )[kind]
    return NewEvent(event_id(number), event, event_id(number + 1) if kind else None)


def shown(recorded: Iterable[Recorded]) -> list[tuple[Any, ...]]:
    """All of some events but what chance decides."""
    return [
        (r.stream, r.position, r.id, r.correlation_id, r.causation_id, r.event)
        for r in recorded
    ]


class TwoLedgers(RuleBasedStateMachine):
    """Subclasses say how the two are opened."""

    opened: tuple[Open, Open]

    def __init__(self) -> None:
        super().__init__()
        self._directories = [TemporaryDirectory() for _ in self.opened]
        self._ledgers = [self._open(number) for number in range(2)]
        self._readers: dict[int, list[str | None]] = {}  # cursors, of both
        self._read: dict[int, list[str]] = {}  # ids, by reader
        self._elsewhere: dict[tuple[Any, ...], list[StoredRow]] = {}

    def teardown(self) -> None:
        for ledger, directory in zip(self._ledgers, self._directories, strict=True):
            ledger.close()
            directory.cleanup()

    @rule(
        stream=names,
        batch=batches,
        expected=st.none() | st.just("right") | positions,
        blobs=st.lists(st.sampled_from(BLOBS), max_size=2),
        correlation=st.none() | st.just("run/a"),
        forget=st.sets(st.sampled_from([blob.digest for blob in BLOBS] + [_ABSENT])),
        redact=st.sets(positions, max_size=2),
    )
    def append(
        self,
        stream: str,
        batch: list[tuple[int, int]],
        expected: int | str | None,
        blobs: list[Any],
        correlation: str | None,
        forget: set[str],
        redact: set[int],
    ) -> None:
        here = len(list(self._ledgers[0].read(stream)))
        version = here if isinstance(expected, str) else expected
        events = [event_of(*each) for each in batch]
        if redact and events:
            ranges = tuple((each, each) for each in redact)
            pruned = RunPruned(positions=ranges, blobs=0, size=0)
            events.append(NewEvent(event_id(100 + len(batch)), pruned))
        self._same(
            lambda ledger: shown(
                ledger.append(
                    stream,
                    events,
                    expected=version,
                    blobs=blobs,
                    correlation_id=correlation,
                    forget=forget,
                    redact=redact,
                )
            )
        )

    @rule(number=st.integers(0, 2), most=st.integers(1, 4))
    def follow(self, number: int, most: int) -> None:
        """A reader goes on from its cursor: nothing is missed, nothing comes twice."""
        cursors = self._readers.setdefault(number, [None, None])
        seen: list[list[Recorded]] = []
        for index, ledger in enumerate(self._ledgers):
            some = list(islice(ledger.read_all(after=cursors[index]), most))
            if some:
                cursors[index] = ledger.cursor(some[-1])
            seen.append(some)
        assert shown(seen[0]) == shown(seen[1])
        read = self._read.setdefault(number, [])
        read += [each.id for each in seen[0]]
        everything = [each.id for each in self._ledgers[0].read_all()]
        assert read == everything[: len(read)]

    @rule(stream=names, after=positions)
    def read(self, stream: str, after: int) -> None:
        self._same(lambda ledger: shown(ledger.read(stream, after=after)))

    @rule(
        types=st.sets(
            st.sampled_from([PluginNoted.type, EvidenceRevealed.type, "nobodys/1"])
        ),
        place=st.none() | positions,
    )
    def choose(self, types: set[str], place: int | None) -> None:
        def chosen(ledger: Ledger) -> Any:
            before = [] if place is None else list(islice(ledger.read_all(), place))
            cursor = ledger.cursor(before[-1]) if before else None
            return shown(ledger.read_all(after=cursor, types=types))

        self._same(chosen)

    @rule()
    def sign(self) -> None:
        def signed(ledger: Ledger) -> Any:
            made = add_checkpoint(ledger, ledger.keys, utc_now)
            return made and made.size

        self._same(signed)

    @rule(stream=names, position=positions, since=positions)
    def look_for_checkpoints(self, stream: str, position: int, since: int) -> None:
        def found(ledger: Ledger) -> Any:
            over = checkpoint_over(ledger, stream, position)
            sizes = [each.size for each in ledger.checkpoints(since=since)]
            last = ledger.last_checkpoint()
            return over and over.size, sizes, last and last.size

        self._same(found)

    @rule(numbers=st.lists(st.integers(200, 201), max_size=2), stream=names)
    def import_stream(self, numbers: list[int], stream: str) -> None:
        """Take in a stream of a third ledger, the same into both, maybe again."""
        key = (stream, *dict.fromkeys(numbers))
        if key not in self._elsewhere:
            third = MemoryLedger(utc_now)
            for number in dict.fromkeys(numbers):
                third.append(stream, [event_of(number, 0)], expected=None)
            self._elsewhere[key] = list(third.rows())
        rows = self._elsewhere[key]
        self._same(lambda ledger: ledger.import_rows(rows, BLOBS[:1]))

    @rule()
    def open_the_second_again(self) -> None:
        if not isinstance(self._ledgers[1], MemoryLedger):
            self._ledgers[1].close()
            self._ledgers[1] = self._open(1)

    @rule()
    def verify(self) -> None:
        def verdict(ledger: Ledger) -> Any:
            trust = Trust(signature_fits, own=ledger.keys.verifier_keys())
            found = verify_ledger(ledger, trust)
            flaws = [str(each) for each in found.flaws if "no event" not in each.what]
            return found.events, found.streams, found.pruned, found.checkpoints, flaws

        self._same(verdict)

    @invariant()
    def the_rest_is_the_same(self) -> None:
        self._same(lambda ledger: shown(ledger.read_all()))
        self._same(lambda ledger: [(s.name, s.version) for s in ledger.streams()])
        self._same(lambda ledger: [s.name for s in ledger.streams("run/")])
        self._same(lambda ledger: sorted(ledger.blob_digests()))
        self._same(lambda ledger: ledger.seal())
        self._same(lambda ledger: [each.payload for each in ledger.rows()])
        self._same(lambda ledger: [_answer(_blob(b.digest), ledger) for b in BLOBS])

    def _same(self, ask: Callable[[Ledger], Any]) -> None:
        assert _answer(ask, self._ledgers[0]) == _answer(ask, self._ledgers[1])

    def _open(self, number: int) -> Ledger:
        return self.opened[number](Path(self._directories[number].name))


def machine(first: Open, second: Open) -> type[TwoLedgers]:
    """Make a machine that compares the second with the first."""
    return type("TwoLedgers", (TwoLedgers,), {"opened": (first, second)})


def _blob(digest: str) -> Callable[[Ledger], bytes]:
    return lambda ledger: ledger.blob(digest)


def _answer(ask: Callable[[Ledger], _T], ledger: Ledger) -> _T | str:
    try:
        return ask(ledger)
    except (WctError, ValueError) as error:
        return type(error).__name__  # texts name the place
