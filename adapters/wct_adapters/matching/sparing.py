"""Words in the first texts: those that can be there at all, looked for one by one.

An automaton of a ruleset's words takes 13 ms to build, of which most runs on a few
small files would need next to nothing.
"""

from collections.abc import Callable, Iterator, Sequence

from wct_adapters.matching.automata import Entry, Find
from wct_domain.analysis.words import FOLD, core, spellings

PATIENCE = 16 * 1024
"""Bytes, after which an automaton has paid for itself (682 words, 0.6 ms per KB)."""

_PER_TEXT = 400  # bytes, that a look at a text costs whatever its length


class Sparing:
    """Looks as ``build()`` does, which is called when ``patience`` bytes have come.

    Threads may share it: two that build at the same time build the same.
    """

    def __init__(
        self, words: Sequence[str], build: Callable[[], Find], *, patience: int
    ) -> None:
        self._words = words
        self._build = build
        self._left = patience
        self._cores: tuple[tuple[int, bytes], ...] | None = None
        self._known: dict[int, tuple[tuple[bytes, Entry], ...]] = {}
        self._find: Find | None = None

    def __call__(self, data: bytes) -> Iterator[tuple[int, Entry]]:
        if self._find is None:
            self._left -= len(data) + _PER_TEXT
            if self._left >= 0:
                return self._one_by_one(data.translate(FOLD))
            self._find = self._build()
        return self._find(data)

    def _one_by_one(self, folded: bytes) -> Iterator[tuple[int, Entry]]:
        if self._cores is None:
            self._cores = tuple(enumerate(map(core, self._words)))
        for term in [term for term, sure in self._cores if sure in folded]:
            for spelled, entry in self._entries(term):
                at = folded.find(spelled)
                while at >= 0:
                    yield at + entry.length, entry
                    at = folded.find(spelled, at + 1)

    def _entries(self, term: int) -> tuple[tuple[bytes, Entry], ...]:
        known = self._known.get(term)
        if known is None:
            known = self._known[term] = tuple(
                (each.folded, Entry.of(((term, each),)))
                for each in spellings(self._words[term])
            )
        return known
