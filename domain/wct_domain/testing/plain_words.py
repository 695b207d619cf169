"""Words and values found the slow way: what every matcher must agree with.

Written from the definition in ``wct_domain.analysis.words``, not from its code: one
regular expression per pattern, tried from every character to every other.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from wct_domain.analysis.detectors import select
from wct_domain.ports.matching import Hit

_JOINT = r"[ \t\n_.\-]?"
_WITHOUT_BLANKS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff]"
)
_LONGEST = 80  # characters of a hit


def plain_hits(text: str, words: Sequence[str], detectors: Sequence[str]) -> list[Hit]:
    """Return what ``Matcher.scan(text.encode())`` must return."""
    hits = {
        Hit(len(text[:start].encode()), len(text[:end].encode()), term)
        for term, word in enumerate(words)
        for start, end in _word_spans(text, word)
    }
    hits.update(_values(text.encode(), detectors, len(words)))
    return sorted(hits)


def _word_spans(text: str, word: str) -> Iterator[tuple[int, int]]:
    expression = _expression(unicodedata.normalize("NFC", word))
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + _LONGEST) + 1):
            if expression.fullmatch(text, start, end) and _stands_alone(
                text, start, end
            ):
                yield start, end


def _expression(word: str) -> re.Pattern[str]:
    if not re.fullmatch(r"[^\W_]+([ \t\n_.\-]+[^\W_]+)*", word):
        return re.compile(_in_any_case(word), re.IGNORECASE | re.ASCII)
    parts = re.split(r"[ \t\n_.\-]+", word)
    if word[0].islower():
        humps = r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
        parts = [hump for part in parts for hump in re.split(humps, part)]
    *first, last = parts
    endings = _in_any_case(last)
    if len("".join(parts)) >= 3 and re.search("[A-Za-z]$", last):
        endings = f"(?:{endings}|{_in_any_case(last, plural=True)})"
    text = _JOINT.join([*map(_in_any_case, first), endings])
    return re.compile(text, re.IGNORECASE | re.ASCII)


def _in_any_case(word: str, *, plural: bool = False) -> str:
    forms = [
        unicodedata.normalize(form, text)
        for form in ("NFC", "NFD")
        for text in (word.lower(), word.upper(), word.title())
    ]
    if plural:
        forms = [_plural(form) for form in forms]
    return f"(?:{'|'.join(map(re.escape, forms))})"


def _plural(word: str) -> str:
    if re.search("[^aeiouAEIOU][yY]$", word):
        return f"{word[:-1]}ies"
    return word + ("es" if re.search("(s|x|z|ch|sh)$", word, re.IGNORECASE) else "s")


def _stands_alone(text: str, start: int, end: int) -> bool:
    places = [_between(text, start), _between(text, end)]
    if not all(places):
        return False
    if "inside" not in places:
        return True
    before = re.search(r"[A-Za-z0-9]{0,64}\Z", text[:start])
    behind = re.match(r"[A-Za-z0-9]*", text[start : end + 64])
    run = (before.group() if before else "") + (behind.group() if behind else "")
    changes = "(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]"
    return len(run) < 16 or len(re.findall(changes, run)) < 0.3 * len(run)


def _between(text: str, at: int) -> str:
    """Return what parts two characters: ``outside``, ``inside`` a name, or nothing."""
    left, right = _kind(text[at - 1 : at] if at else ""), _kind(text[at : at + 1])
    if "other" in {left, right}:
        return "outside"
    beyond = _kind(text[at + 1 : at + 2])
    humps = {("lower", "upper"), ("lower", "digit"), ("upper", "digit")}
    if (left, right) in humps or (right == "upper" and beyond == "lower"):
        return "inside"
    return ""


def _kind(sign: str) -> str:
    if not sign or _WITHOUT_BLANKS.match(sign):
        return "other"
    if sign.isupper() or sign.istitle():
        return "upper"
    if sign.isalpha() or unicodedata.category(sign).startswith("M"):
        return "lower"
    return "digit" if sign.isdecimal() else "other"


def _values(data: bytes, names: Sequence[str], first: int) -> list[Hit]:
    """Longest first; then what begins first; then whose detector is named first."""
    found = [
        Hit(*span, term)
        for term, detector in enumerate(select(names), start=first)
        for anchor in detector.anchors
        for match in anchor.finditer(data)
        if (span := detector.validate(data, match.start(), match.end()))
    ]
    kept: list[Hit] = []
    for value in sorted(found, key=lambda hit: (hit.start - hit.end, hit)):
        if all(value.end <= other.start or other.end <= value.start for other in kept):
            kept.append(value)
    return kept
