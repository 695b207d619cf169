"""What finds words and values in bytes: one pass per stage, whatever the technology."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Hit(NamedTuple):
    """Where a term stands in the scanned bytes."""

    start: int  # byte offset into the scanned UTF-8 bytes
    end: int  # exclusive
    term: int  # index into ``Matcher.terms``


class Matcher(Protocol):
    """Compiled words and detectors. Immutable, and safe to share between threads."""

    @property
    def terms(self) -> tuple[str, ...]:
        """The words as they were given, then ``value:email``, ``value:iban`` ..."""
        ...

    def scan(self, data: bytes) -> list[Hit]:
        """Find every term, sorted by (start, end, term), without duplicates.

        1. A word stands alone, as ``wct_domain.analysis.words`` defines it.
        2. A value passed its detector's validation. Values never overlap each
           other; words may overlap words and values.
        3. Offsets count bytes of ``data`` as it was given, whatever it holds.
           Bytes that are not UTF-8 are no letters, and no error.
        """
        ...


class MatcherCompiler(Protocol):
    """Builds matchers; may keep them, so that asking again is cheap."""

    def compile(self, words: Sequence[str], detectors: Sequence[str]) -> Matcher:
        """Build one matcher for all ``words`` and ``detectors``.

        Repeated words keep an index each and are all reported.

        Raises:
            RulesetError: a word is blank, or no detector has one of the names.
        """
        ...
