"""Matching with Aho-Corasick and the standard library: no compiler, every platform.

Words: one automaton over all spellings of all words, run on a folded copy of the data
whose offsets are those of the original. Boundaries are tested only where it found
something.

Values: each anchor is swept once. Anchors made of digit and capital classes
run on a sketch of the data in which these are ``0`` and ``A``: a class has become a
literal, which ``re`` looks for ten times faster.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock

from wct_adapters.matching import automata
from wct_adapters.matching.automata import Entry, Find
from wct_adapters.matching.sparing import PATIENCE, Sparing
from wct_domain.analysis.detectors import Detector, select
from wct_domain.analysis.detectors.detector import Span
from wct_domain.analysis.detectors.overlap import Value, without_overlaps
from wct_domain.analysis.words import (
    CLASS,
    LOWER,
    OTHER,
    Spelling,
    spellings,
    stands_alone,
)
from wct_domain.errors import RulesetError
from wct_domain.ports.matching import Hit, Matcher

_SKETCH = bytes(
    ord("0") if chr(byte).isdigit() else ord("A") if chr(byte).isupper() else byte
    for byte in range(128)
) + bytes(range(128, 256))
_QUANTIFIER = re.compile(rb"\{[0-9,]+\}")
_TELLS_APART = re.compile(rb"[0-9A-Z]|\\[A-Za-z]")

_Term = tuple[int, Spelling]
_Validate = Callable[[bytes, int, int], Span | None]

# Hit(...) and Hit._make run Python code for every hit; this does not.
_hit: Callable[[tuple[int, int, int]], Hit] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType]  # generic without a type
    Hit,
)


class PortableMatcherCompiler:
    """Compiles matchers and keeps them: the same request costs nothing twice.

    ``fast`` asks for ahocorasick-rs, which has to be installed; by default it is taken
    where it is. ``patience`` is how many bytes a matcher looks at before it builds
    the automaton of its words.
    """

    def __init__(self, *, fast: bool = automata.FAST, patience: int = PATIENCE) -> None:
        self._automaton = automata.fast if fast else automata.portable
        self._patience = patience
        self._matchers: dict[tuple[tuple[str, ...], tuple[str, ...]], Matcher] = {}
        self._lock = Lock()

    def compile(self, words: Sequence[str], detectors: Sequence[str]) -> Matcher:
        key = (tuple(words), tuple(detectors))
        with self._lock:
            if key not in self._matchers:
                find = self._finder(key[0])
                self._matchers[key] = _PortableMatcher(key[0], select(key[1]), find)
            return self._matchers[key]

    def _finder(self, words: tuple[str, ...]) -> Find | None:
        _refuse_blanks(words)
        if not words:
            return None
        return Sparing(
            words, lambda: self._automaton(_entries(words)), patience=self._patience
        )


class _PortableMatcher:
    def __init__(
        self,
        words: tuple[str, ...],
        detectors: tuple[Detector, ...],
        find: Find | None,  # None: no words
    ) -> None:
        self._terms = (*words, *(f"value:{detector.name}" for detector in detectors))
        self._find = find
        self._sketched, self._plain = _sweeps(detectors, len(words))

    @property
    def terms(self) -> tuple[str, ...]:
        return self._terms

    def scan(self, data: bytes) -> list[Hit]:
        found = list(self._words(data))
        found += without_overlaps(self._values(data))
        found.sort()
        return list(map(_hit, found))

    def _words(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        if self._find is None:
            return
        padded = data + b"\0"  # is found behind the last byte and before the first
        for end, (length, closed, terms) in self._find(data):
            after = CLASS[padded[end]]
            if after == LOWER and closed:
                continue
            first = end - length
            before = CLASS[padded[first - 1]]
            if before != OTHER or after != OTHER:
                if before == LOWER and CLASS[padded[first]] == LOWER:
                    continue
                if not stands_alone(data, first, end):
                    continue
            for term, spelling in terms:
                if spelling.exact is None or spelling.fits(data[first:end]):
                    yield first, end, term

    def _values(self, data: bytes) -> Iterator[Value]:
        sketch = data.translate(_SKETCH) if self._sketched else data
        for view, sweeps in ((sketch, self._sketched), (data, self._plain)):
            for literal, anchor, term, validate in sweeps:
                if literal not in view:
                    continue  # said in half the time
                for match in anchor.finditer(view):
                    start, end = match.span()
                    span = validate(data, start, end)
                    if span is not None:
                        yield *span, term


_Sweep = tuple[bytes, re.Pattern[bytes], int, _Validate]


def _refuse_blanks(words: tuple[str, ...]) -> None:
    for term, word in enumerate(words):
        if not word.strip():
            raise RulesetError(
                f"Pattern {term + 1} of the ruleset is blank: it would match "
                "everywhere. Remove it or write a word."
            )


def _entries(words: tuple[str, ...]) -> dict[bytes, Entry]:
    terms: dict[bytes, list[_Term]] = defaultdict(list)
    for term, word in enumerate(words):
        for spelling in spellings(word):
            terms[spelling.folded].append((term, spelling))
    return {folded: Entry.of(tuple(found)) for folded, found in terms.items()}


def _sweeps(
    detectors: tuple[Detector, ...], first: int
) -> tuple[list[_Sweep], list[_Sweep]]:
    """Return the anchors to look for in the sketch, and those for the data."""
    sketched: list[_Sweep] = []
    plain: list[_Sweep] = []
    for term, detector in enumerate(detectors, start=first):
        for anchor in detector.anchors:
            for_sketch = _for_sketch(anchor.pattern)
            pattern = anchor.pattern if for_sketch is None else for_sketch
            literal = pattern if re.escape(pattern) == pattern else b""
            sweeps = plain if for_sketch is None else sketched
            sweeps.append((literal, re.compile(pattern), term, detector.validate))
    return sketched, plain


def _for_sketch(pattern: bytes) -> bytes | None:
    """Rewrite an anchor for the sketch; None if the data itself is to be swept."""
    classless = pattern.replace(b"[0-9]", b"").replace(b"[A-Z]", b"")
    if classless == pattern:
        return None
    if _TELLS_APART.search(_QUANTIFIER.sub(b"", classless)):
        return None
    return pattern.replace(b"[0-9]", b"0").replace(b"[A-Z]", b"A")
