"""What it means that a word stands in a text: spellings, joints, boundaries.

A pattern made of letters, digits and joiners (blank, tab, line feed, ``_``, ``-``,
``.``) is a **name**. It is split at its joiners and, if it begins in lower case, at
its camelCase humps; its parts may stand in the text with one joiner between them or
with none. ``email address`` therefore finds ``email_address``, ``E-Mail``-like
capitals in ``EMAIL-ADDRESS``, ``emailAddress`` and ``emailaddress``. A pattern that
begins with a capital is a proper name and keeps its humps: ``LinkedIn`` is not
"linked in". A name of three letters or more is also found in the regular English
plural (``emails``, ``addresses``, ``identities``); only its last word changes.

Every other pattern (``$_POST[``, ``utm_``, ``name="``) is a **literal**: exactly
these characters.

Case never matters. Letters beyond ASCII are found in lower, upper and title case
per word, composed or decomposed (Unicode NFC and NFD).

A hit stands alone if both its ends are boundaries. Between two characters there is
a boundary if one of them is neither letter nor digit; before a hump (``user|Email``);
after an acronym (``HTTP|Server``); before a digit that follows a letter
(``address|2``); and between a digit and a capitalised word (``oauth2|Email``), but
not between a digit and any other letter, so that digests hold no words. Scripts that
are written without blanks have boundaries everywhere. Boundaries inside a run of
letters and digits do not count where the run looks like encoded data (base64).
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import product
from typing import Literal, NamedTuple

OTHER, LOWER, DIGIT, UPPER, BEYOND = range(5)  # BEYOND: part of a non-ASCII character
CLASS = bytes(
    BEYOND
    if byte > 127
    else LOWER
    if chr(byte).islower()
    else UPPER
    if chr(byte).isupper()
    else DIGIT
    if chr(byte).isdigit()
    else OTHER
    for byte in range(256)
)

_JOINERS = " \t\n_.-"  # the hyphen last: it also stands in a character class
_ASCII_LOWER = bytes(range(256)).lower()
FOLD = bytes(32 if chr(byte) in _JOINERS else _ASCII_LOWER[byte] for byte in range(256))
"""Translation under which spellings of a name coincide; keeps every offset."""

_NAME = re.compile(rf"[^\W_]+(?:[{_JOINERS}]+[^\W_]+)*")
_JOINER_RUN = re.compile(rf"[{_JOINERS}]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LEAST_FOR_PLURAL = 3  # characters: no "ids" for "id", no "as" for "a"
_PLURAL_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VOWELS = ("", *"aeiouAEIOU")  # and nothing: "y" alone stays
_HISSING = ("s", "x", "z", "ch", "sh")
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
_MOST_MIXED = 6

# Letters of these blocks follow each other without blanks, or take particles: Thai,
# Lao, Myanmar, Khmer; CJK from radicals to ideographs with kana; Hangul; half-width.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x20000, 0x3FFFF),
)

_ENCODED_LENGTH = 16  # shorter runs of letters and digits are taken as names
_ENCODED_CHANGES = 0.3  # per character; base64 has 0.43 on average, names below 0.28
_LONGEST_RUN = 64  # bytes looked at on either side of a hit
_ALPHANUMERIC = bytes(byte for byte in range(128) if CLASS[byte] != OTHER)
_CHANGE = re.compile(rb"(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")


class Spelling(NamedTuple):
    """One way in which a pattern may be written."""

    folded: bytes  # to be looked for in ``data.translate(FOLD)``
    exact: bytes | None  # what the hit must equal in lower case (ASCII); None: anything

    def fits(self, hit: bytes) -> bool:
        return self.exact is None or hit.translate(_ASCII_LOWER) == self.exact


# Spelling(...) runs Python code, which thousands of them feel; this does not.
_spelling: Callable[[tuple[bytes, bytes | None]], Spelling] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType]  # generic without a type
    Spelling,
)


def spellings(pattern: str) -> tuple[Spelling, ...]:
    """Return every spelling of ``pattern``, sorted, without duplicates."""
    pattern = unicodedata.normalize("NFC", pattern)
    if _NAME.fullmatch(pattern) is None:
        texts = {text.encode().translate(_ASCII_LOWER) for text in _cases(pattern)}
        return tuple(Spelling(text.translate(FOLD), text) for text in sorted(texts))
    parts = _parts(pattern)
    variants = [_cases(part) for part in parts]
    if parts[-1][-1] in _PLURAL_LETTERS and len("".join(parts)) >= _LEAST_FOR_PLURAL:
        variants[-1] += tuple(map(_plural, variants[-1]))
    texts = {
        text.encode().translate(FOLD)
        for words in product(*variants)
        for text in _joined(words)
    }
    return tuple([_spelling((text, None)) for text in sorted(texts)])


def core(pattern: str) -> bytes:
    """Return bytes that every spelling of ``pattern`` has, folded; b"": none are sure.

    A text without them holds no spelling. It is told in a fraction of the time that
    the spellings take.
    """
    pattern = unicodedata.normalize("NFC", pattern)
    if _NAME.fullmatch(pattern) is None:
        return pattern.encode().translate(FOLD) if pattern.isascii() else b""
    parts = _parts(pattern)
    parts[-1] = parts[-1].rstrip("yY")  # which becomes "ies"
    return max(filter(str.isascii, parts), key=len, default="").encode().translate(FOLD)


def _parts(name: str) -> list[str]:
    parts = _JOINER_RUN.split(name)
    if name[0].islower() and not name.islower():
        parts = [hump for part in parts for hump in _HUMP.split(part)]
    return parts


def _cases(word: str) -> tuple[str, ...]:
    """ASCII is folded later; other letters need each case, and each composition."""
    if word.isascii():
        return (word.lower(),)
    written = (word.lower(), word.upper(), word.title())
    forms = (unicodedata.normalize(form, text) for form in _FORMS for text in written)
    return tuple(dict.fromkeys(forms))


def _plural(word: str) -> str:
    if word[-1] in "yY" and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.lower().endswith(_HISSING) else "s")


def _joined(words: tuple[str, ...]) -> list[str]:
    """Return the words with a joiner or nothing between them, in every mixture.

    Past six words only with joiners throughout or none: mixtures double per word.
    """
    if len(words) > _MOST_MIXED:
        return [" ".join(words), "".join(words)]
    texts = [words[0]]
    for word in words[1:]:
        texts = [text + joint + word for text in texts for joint in (" ", "")]
    return texts


def stands_alone(data: bytes, start: int, end: int) -> bool:
    """Say whether ``data[start:end]`` begins and ends at boundaries."""
    if (start < 1 or CLASS[data[start - 1]] == OTHER) and (
        end >= len(data) or CLASS[data[end]] == OTHER
    ):
        return True  # as most words do
    begins = _boundary(data, start)
    if begins == _NONE:
        return False
    ends = _boundary(data, end)
    if ends == _NONE:
        return False
    return _INNER not in {begins, ends} or not _looks_encoded(data, start, end)


_NONE, _OUTER, _INNER = range(3)


def _boundary(data: bytes, at: int) -> int:
    """Tell what lies between the characters that end and begin at ``at``."""
    left = _class_before(data, at)
    right, after = _class_after(data, at)
    if OTHER in (left, right):
        return _OUTER
    if right == DIGIT:
        return _NONE if left == DIGIT else _INNER
    if right == UPPER and (left == LOWER or _class_after(data, after)[0] == LOWER):
        return _INNER
    return _NONE


def _class_before(data: bytes, at: int) -> int:
    if at <= 0:
        return OTHER
    kind = CLASS[data[at - 1]]
    if kind != BEYOND:
        return kind
    first = at - 1
    while first > max(0, at - 4) and data[first] & 0xC0 == 0x80:  # continuation byte
        first -= 1
    return _class_of(data[first:at])


def _class_after(data: bytes, at: int) -> tuple[int, int]:
    """Return the class of the character that begins at ``at``, and where it ends."""
    if at >= len(data):
        return OTHER, at
    kind = CLASS[data[at]]
    if kind != BEYOND:
        return kind, at + 1
    size = 2 if data[at] < 0xE0 else 3 if data[at] < 0xF0 else 4
    return _class_of(data[at : at + size]), at + size


@lru_cache(maxsize=4096)
def _class_of(character: bytes) -> int:
    """Class of one encoded character beyond ASCII; what is no UTF-8 is no letter.

    Letters without case, and marks (which belong to the letter before them), count
    as lower case.
    """
    try:
        sign = character.decode()
    except UnicodeDecodeError:
        return OTHER
    if any(first <= ord(sign) <= last for first, last in _UNSPACED):
        return OTHER
    if sign.isupper() or sign.istitle():
        return UPPER
    if sign.isalpha() or unicodedata.category(sign).startswith("M"):
        return LOWER
    return DIGIT if sign.isdecimal() else OTHER


def _looks_encoded(data: bytes, start: int, end: int) -> bool:
    before = data[max(0, start - _LONGEST_RUN) : start]
    first = start - len(before) + len(before.rstrip(_ALPHANUMERIC))
    rest = data[start : end + _LONGEST_RUN]
    run = data[first:start] + rest[: len(rest) - len(rest.lstrip(_ALPHANUMERIC))]
    changes = len(_CHANGE.findall(run))
    return len(run) >= _ENCODED_LENGTH and changes >= _ENCODED_CHANGES * len(run)
