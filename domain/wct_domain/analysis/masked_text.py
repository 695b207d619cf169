"""Text with the personal data taken out, for everything that is shown.

Evidence keeps the term that was found and loses the rest: a word stays as it is, a
value becomes what ``detectors.masking`` makes of it, and ``…`` stands for all between.
A whole content keeps nothing but its length. Masking what is masked changes nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from wct_domain.analysis.detectors import DETECTORS, Detector
from wct_domain.analysis.detectors.masking import mask
from wct_domain.analysis.detectors.overlap import Value, without_overlaps
from wct_domain.analysis.late_pattern import LatePattern
from wct_domain.analysis.rulebook import DETECTOR_PREFIX
from wct_domain.analysis.words import FOLD, Spelling, spellings, stands_alone

GAP = "…"
_HIDDEN = "***"
_LENGTH_ONLY = LatePattern(r"… \([0-9]+ characters?\)")
# What detectors.masking writes, less a gap at its end.
_MASKED_VALUE = LatePattern(
    r".?\*{3}@.?\*{3}\.[\w-]*|\*{4} \w{0,4}|\*{3}|[0-9]{1,3}\.|[0-9A-Fa-f]{0,4}:"
)
_LONGEST_MASKED = 80  # b***@e***. and a domain; 3 bytes per letter of a word: NFD
# Without one of these a text holds no value of any detector.
_OF_VALUES = re.compile(r"[0-9@:]|%40")

_FILE_OF_ADDRESS = LatePattern(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){2,8}")

# Masking a value can bring its last digits beside others; more rounds than values can
# ever need would mean a detector that finds values in masked ones.
_ROUNDS = 8

_DETECTORS = tuple(DETECTORS.values())


def mask_length_only(text: str) -> str:
    """Return how long ``text`` is: ``… (214 characters)``."""
    if not text or _LENGTH_ONLY.fullmatch(text):
        return text
    return f"{GAP} ({len(text)} character{'s' if len(text) > 1 else ''})"


def mask_evidence(text: str, patterns: Sequence[str]) -> str:
    """Return the first of ``patterns`` that ``text`` holds, each time that it does.

    ``patterns`` are words of a ruleset and detector names (``value:email``), as in
    ``matched_patterns`` of a finding.
    """
    if not text or _LENGTH_ONLY.fullmatch(text) or _is_masked(text, patterns):
        return text
    data = text.encode("utf-8", "replace")
    for pattern in patterns:
        if pieces := list(_shown(pattern, data)):
            return _joined(pieces, len(data))
    return GAP


def mask_text(text: str) -> str:
    """Return ``text`` with every value that a detector knows masked.

    For error messages and other free text; words stay.
    """
    for _ in range(_ROUNDS):
        if not _OF_VALUES.search(text):
            return text
        data = text.encode("utf-8", "replace")
        found = _values_of(data)
        if not found:
            found = _before_suffixes(text)
        if not found:
            return text
        text = data.decode()
        # By text and not by place: it may stand a second time where it is no value.
        for value in sorted(found, key=lambda each: (-len(each), each)):
            text = text.replace(value, mask(found[value], value))
    return mask_length_only(text)


def _before_suffixes(text: str) -> dict[str, str]:
    """Return addresses before the suffix of a file: ``ann@example.com.txt``."""
    found: dict[str, str] = {}
    if "@" not in text:
        return found  # as nearly all are: sources of findings
    for match in _FILE_OF_ADDRESS.finditer(text):
        stem = match[0]
        while "." in stem.partition("@")[2] and not found:
            stem = stem.rpartition(".")[0]
            found = _values_of(stem.encode("utf-8", "replace"))
    return found


def holds_value(text: str) -> bool:
    """Say whether any detector finds a value in ``text``."""
    return bool(_OF_VALUES.search(text) and _values_of(text.encode("utf-8", "replace")))


def _values_of(data: bytes) -> dict[str, str]:
    """Return the values in ``data`` with the names of their detectors."""
    values = [
        value
        for rank, detector in enumerate(_DETECTORS)
        for value in _found_by(detector, rank, data)
    ]
    if not values:
        return {}
    return {
        data[start:end].decode("utf-8", "replace"): _DETECTORS[rank].name
        for start, end, rank in without_overlaps(values)
    }


def _is_masked(text: str, patterns: Sequence[str]) -> bool:
    longest = 3 * max(map(len, patterns), default=0) + _LONGEST_MASKED
    for part in text.split(GAP):
        if len(part) > longest:
            return False
        if part and not (_MASKED_VALUE.fullmatch(part) or _is_word(part, patterns)):
            return False
    return True


def _is_word(part: str, patterns: Iterable[str]) -> bool:
    data = part.encode("utf-8", "replace")
    folded = data.translate(FOLD)
    return any(
        spelling.folded == folded and spelling.fits(data)
        for pattern in patterns
        if not pattern.startswith(DETECTOR_PREFIX)
        for spelling in _spellings(pattern)
    ) and not holds_value(part)


def _joined(pieces: list[tuple[int, int, str]], size: int) -> str:
    """Put a gap between pieces, and before and after where something is left out."""
    shown = GAP.join([piece for _, _, piece in pieces])
    before = GAP if pieces[0][0] > 0 else ""
    after = GAP if pieces[-1][1] < size and not shown.endswith(GAP) else ""
    return f"{before}{shown}{after}".replace(GAP + GAP, GAP)


def _shown(pattern: str, data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, what is shown) wherever ``pattern`` stands in ``data``."""
    if not pattern.startswith(DETECTOR_PREFIX):
        for start, end in _word_spans(pattern, data):
            word = data[start:end].decode("utf-8", "replace")
            if GAP not in word:
                # A word of a stranger's ruleset may be a value itself.
                yield start, end, _HIDDEN if holds_value(word) else word
        return
    detector = DETECTORS.get(pattern.removeprefix(DETECTOR_PREFIX))
    if detector is not None:
        for start, end, _ in without_overlaps(_found_by(detector, 0, data)):
            value = data[start:end].decode("utf-8", "replace")
            yield start, end, mask(detector.name, value)


def _found_by(detector: Detector, rank: int, data: bytes) -> list[Value]:
    found: list[Value] = []
    for anchor in detector.anchors:
        for match in anchor.finditer(data):
            span = detector.validate(data, match.start(), match.end())
            if span is not None:
                found.append((*span, rank))
    return found


def _word_spans(word: str, data: bytes) -> list[tuple[int, int]]:
    """Return where a word of a ruleset stands in ``data``, without overlaps."""
    folded = data.translate(FOLD)
    found: list[tuple[int, int]] = []
    for spelling in _spellings(word):
        looked_for, exact = spelling
        start = folded.find(looked_for)
        while start >= 0:
            end = start + len(looked_for)
            fits = exact is None or spelling.fits(data[start:end])
            if fits and stands_alone(data, start, end):
                found.append((start, end))
            start = folded.find(looked_for, start + 1)
    if len(found) < 2:
        return found
    spans = without_overlaps((*span, 0) for span in set(found))
    return [(start, end) for start, end, _ in spans]


@lru_cache(maxsize=8192)
def _spellings(word: str) -> tuple[Spelling, ...]:
    return spellings(word) if word.strip() else ()
