"""Where words may stand: Aho-Corasick over folded bytes, by either of two libraries.

pyahocorasick is there on every platform. ahocorasick-rs, the extra ``fast``, takes a
third of its time per byte, but has no wheels for musl.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from wct_domain.analysis.words import CLASS, DIGIT, FOLD, LOWER, Spelling

if TYPE_CHECKING:
    import ahocorasick
    from ahocorasick_rs import BytesAhoCorasick

FAST = find_spec("ahocorasick_rs") is not None
"""Whether the extra ``fast`` is installed."""

# pyahocorasick copies its input to four bytes a character: windows stay in the cache.
_WINDOW = 32 * 1024
# It tries the letters that may follow one by one, in the order in which they came.
_FREQUENT = b" etaonrisldcumpgfyhbvwkxjqz"
_RARE = bytes(byte for byte in range(256) if byte not in _FREQUENT)
_RANKS = bytes(map((_FREQUENT + _RARE).index, range(256)))
_BEYOND_LATIN_1 = "\u0100"
_CLOSED = (LOWER, DIGIT)
_WORTH_A_DFA = 1024 * 1024  # bytes to look at, after which it has paid for itself


class Entry(NamedTuple):
    """A folded spelling that is looked for."""

    length: int  # bytes
    closed: bool  # whether an ASCII letter or digit ends it
    terms: tuple[tuple[int, Spelling], ...]  # who is looking

    @classmethod
    def of(cls, terms: tuple[tuple[int, Spelling], ...]) -> Entry:
        """Make the entry of those who look for the same folded spelling."""
        folded = terms[0][1][0]
        return _entry((len(folded), CLASS[folded[-1]] in _CLOSED, terms))


# Entry(...) runs Python code, which thousands of them feel; this does not.
_entry: Callable[[tuple[int, bool, tuple[tuple[int, Spelling], ...]]], Entry] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType]  # generic without a type
    Entry,
)


Find: TypeAlias = Callable[[bytes], Iterator[tuple[int, Entry]]]
"""Yields where each spelling ends in the data (exclusive), folded, with its entry."""


def portable(entries: Mapping[bytes, Entry]) -> Find:
    """Look with pyahocorasick.

    It is built for ``str``; Latin-1 maps each byte to one character, so that offsets
    hold there too. Bytes that no spelling has are blanks to it, and it knows blanks
    first: half of a text is passed over in one step a byte. A spelling with a blank
    is therefore compared once more.
    """
    import ahocorasick  # noqa: PLC0415  # a small run needs none

    longest = max(map(len, entries))
    automaton: ahocorasick.Automaton[tuple[Entry, bytes | None]] = (
        ahocorasick.Automaton()
    )
    automaton.add_word(f" {_BEYOND_LATIN_1}", (Entry(0, False, ()), None))
    for folded in sorted(entries, key=_by_rank):  # neighbours stay close in memory
        doubtful = folded if b" " in folded else None
        automaton.add_word(folded.decode("latin-1"), (entries[folded], doubtful))
    automaton.make_automaton()
    coarse = _coarse(b"".join(entries))

    def find(data: bytes) -> Iterator[tuple[int, Entry]]:
        found: list[tuple[int, tuple[Entry, bytes | None]]] = []

        def note(index: int, value: tuple[Entry, bytes | None]) -> None:
            found.append((index, value))

        for base in range(0, len(data), _WINDOW):
            begin = max(0, base - longest)
            window = data[begin : base + _WINDOW].translate(coarse).decode("latin-1")
            # A tenth less work than its iterator, for there are few of them.
            automaton.find_all(window, note)
            for index, (entry, doubtful) in found:
                end = begin + index + 1
                if (
                    end > base
                    and (  # or the window before has it
                        doubtful is None
                        or data[end - len(doubtful) : end].translate(FOLD) == doubtful
                    )
                ):
                    yield end, entry
            found.clear()

    return find


def _by_rank(folded: bytes) -> bytes:
    return folded.translate(_RANKS)


def _coarse(used: bytes) -> bytes:
    """Return ``FOLD``, with a blank for each byte that is not ``used``."""
    known = frozenset(used)
    return bytes(byte if byte in known else ord(" ") for byte in FOLD)


def fast(entries: Mapping[bytes, Entry]) -> Find:
    """Look with ahocorasick-rs.

    Its DFA takes 7 ms longer to build than its other automata, and half their time
    to run: it is built when there has been that much to look at.
    """
    return _Fast(entries)


class _Fast:
    """Threads may share it: two that build at the same time build the same."""

    def __init__(self, entries: Mapping[bytes, Entry]) -> None:
        self._folded = tuple(entries)
        self._known = tuple(entries.values())
        self._seen = 0  # bytes
        self._automaton = self._built(quick_to_run=False)

    def __call__(self, data: bytes) -> Iterator[tuple[int, Entry]]:
        folded = data.translate(FOLD)
        before, self._seen = self._seen, self._seen + len(folded)
        if before < _WORTH_A_DFA <= self._seen:
            self._automaton = self._built(quick_to_run=True)
        for number, _, end in self._automaton.find_matches_as_indexes(folded, True):
            yield end, self._known[number]

    def _built(self, *, quick_to_run: bool) -> BytesAhoCorasick:
        from ahocorasick_rs import (  # noqa: PLC0415  # it may not be installed
            BytesAhoCorasick,
            Implementation,
        )

        kind = Implementation.DFA if quick_to_run else Implementation.ContiguousNFA
        return BytesAhoCorasick(self._folded, implementation=kind)
