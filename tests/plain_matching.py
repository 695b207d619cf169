"""A matcher that finds words as they stand and values by one pattern each.

Enough to test what is made of hits; the real one has tests of its own.
"""

import re
from collections.abc import Mapping, Sequence

from wct_domain.ports.matching import Hit

VALUES: Mapping[str, bytes] = {
    "email": rb"[a-z]+@[a-z]+\.[a-z]+",
    "iban": rb"[A-Z]{2}[0-9]{20}",
    "ipv4": rb"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+",
}


class PlainMatcher:
    def __init__(self, words: Sequence[str], detectors: Sequence[str]) -> None:
        self.terms = (*words, *(f"value:{name}" for name in detectors))
        self._patterns = [
            *(re.compile(rb"(?i)\b%s\b" % re.escape(word.encode())) for word in words),
            *(re.compile(VALUES[name]) for name in detectors),
        ]

    def scan(self, data: bytes) -> list[Hit]:
        return sorted(
            Hit(*found.span(), term)
            for term, pattern in enumerate(self._patterns)
            for found in pattern.finditer(data)
        )


class PlainMatcherCompiler:
    def compile(self, words: Sequence[str], detectors: Sequence[str]) -> PlainMatcher:
        return PlainMatcher(words, detectors)
