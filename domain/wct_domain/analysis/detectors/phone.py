"""International telephone numbers.

Source: ITU-T E.164 (country code and national number, at most 15 digits), E.123 (how
they are written: ``+``, groups, trunk prefix in parentheses), RFC 5733 (``+1.202…``).
National forms without country code are no values here: any number looks like one.
"""

import re

from wct_domain.analysis.detectors.country_codes import PLANS, country_code
from wct_domain.analysis.detectors.detector import Detector, Span
from wct_domain.analysis.late_pattern import LatePattern

_LONGEST = 40  # bytes of a written number
# A date or time behind the number, not a group of it.
_DATE = (
    rb"(?:19|20)[0-9]{2}-[01][0-9]-|[0-9]{1,2}:[0-9]{2}"
    rb"|[0-3]?[0-9][./][01]?[0-9][./](?:19|20)[0-9]{2}"
)
# Digits in groups; between them one separator, or parentheses with a blank beside
# them, or a slash or hyphen between blanks.
_WRITTEN = LatePattern(
    rb"(?:\+|00 ?)\(?[0-9]{1,16}(?>(?:[.\-/]\(?| (?!" + _DATE + rb")(?:\(|[/-] )?"
    rb"|\)[ .\-/]?|\(|\xc2\xa0)[0-9]{1,15})*"
)
_GROUP = LatePattern(rb"\(0\)|[0-9]+")
_SEPARATORS = b"+ .-/()\xc2\xa0"
_TRUNK = b"(0)"
_LEAST_UNGROUPED = 12  # digits of a 00 number in one piece
_ONE_PIECE = LatePattern(rb"00 ?[17][0-9]")
_GTIN = (13, 14)
_WIDE = (b" / ", b" - ")
# A blank ties only zeros to a digit: they are a group of a longer number.
_TIES_TO_DIGIT = (b".", b":", b"/", b"-", b" ")
_TIES = frozenset(
    byte for byte in range(128) if chr(byte).isalnum() or chr(byte) in "_+@.:/- "
)
_PLUS = ord("+")
_TIED_AFTER = LatePattern(rb"(?!x[0-9]|ext)\w|[.-][0-9]")  # an extension is not tied


def validate(data: bytes, start: int, _end: int) -> Span | None:
    """Read the number that begins with ``+`` or ``00`` at ``start``.

    It ends with the last group of digits that the country's plan has room for. An
    extension is left out. ``00`` numbers in one piece look like padded ones: short
    ones and those with the check digit of a GTIN are not taken, and +1 and +7 only
    where the code stands apart.
    """
    if start and data[start - 1] in _TIES and _is_tied(data, start):
        return None
    found = _WRITTEN.match(data, start, start + _LONGEST)
    if found is None:
        return None
    text = found.group()
    digits = text.replace(_TRUNK, b"").translate(None, _SEPARATORS)
    zeros = text.startswith(b"00")
    if zeros and text.isdigit() and _is_padded(digits):
        return None
    digits = digits[2:] if zeros else digits
    code = country_code(digits)
    if code is None or (zeros and len(code) == 1 and _ONE_PIECE.match(text)):
        return None
    plan = PLANS[code]
    skipped = digits.startswith(b"0", len(code)) and ord("0") not in plan.first
    national = len(code) + skipped
    if len(digits) <= national or digits[national] not in plan.first:
        return None
    fewest, most = national + plan.shortest, national + plan.longest
    if not fewest <= len(digits) <= most or b" - " in text or b" / " in text:
        text = _beginning(text, fewest, most)
    last = start + len(text)
    return None if not text or _TIED_AFTER.match(data, last) else (start, last)


def _is_tied(data: bytes, start: int) -> bool:
    """Say whether what stands before belongs to the number: it is something else."""
    sign = data[start - 1 : start]
    if sign not in _TIES_TO_DIGIT:
        return True
    if sign == b" " and data[start] == _PLUS:
        return False
    return data[max(0, start - 2) : start - 1].isdigit()


def _is_padded(digits: bytes) -> bool:
    """Say whether ``00…`` is rather a number padded with zeros.

    GTIN check digit: GS1 General Specifications §7.9, weights 3 and 1 from the right.
    """
    if len(digits) < _LEAST_UNGROUPED:
        return True
    total = (
        3 * sum(digits[-2::-2])
        + sum(digits[::-2])
        - 48 * (3 * (len(digits) // 2) + (len(digits) + 1) // 2)
    )
    return len(digits) in _GTIN and total % 10 == 0


def _beginning(text: bytes, fewest: int, most: int) -> bytes:
    """Return the longest part of ``text`` with ``fewest`` to ``most`` digits.

    Whole groups only; none that follows a wide separator after enough digits.
    """
    size = count = 0
    for group in _GROUP.finditer(text, 1 if text.startswith(b"+") else 2):
        if group.group() == _TRUNK:
            continue
        count += group.end() - group.start()
        if count > most:
            break
        if count >= fewest:
            size = group.end()
            if text[size : size + 3] in _WIDE:
                break
    return text[:size]


PHONE = Detector(
    name="phone",
    description="International telephone number with + or 00 (ITU-T E.164)",
    anchors=(
        re.compile(rb"\+\(?[0-9]"),
        re.compile(rb"00 ?[1-9][0-9 .\-/()]{7}"),
    ),
    validate=validate,
)
