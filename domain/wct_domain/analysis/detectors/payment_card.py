"""Payment card numbers.

Source: ISO/IEC 7812-1 (length, Luhn check digit in annex B); issuer identification
ranges and lengths as the card schemes publish them.
"""

import re

from wct_domain.analysis.detectors.detector import Detector, Span
from wct_domain.analysis.late_pattern import LatePattern

_MAESTRO = (12, 13, 14, 15, 16, 17, 18, 19)
# First and last issuer prefix, lengths. The longest prefix that fits decides.
_SCHEMES = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("300", "305", (14, 16)),  # Diners Club
    ("3095", "3095", (14, 16)),
    ("36", "36", (14, 16)),
    ("38", "39", (14, 16)),
    ("6011", "6011", (16, 19)),  # Discover
    ("644", "649", (16, 19)),
    ("65", "65", (16, 19)),
    ("3528", "3589", (16, 19)),  # JCB
    ("1800", "1800", (15,)),
    ("2131", "2131", (15,)),
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("81", "81", (16,)),
    ("60", "60", (16,)),  # RuPay
    ("82", "82", (16,)),
    ("508", "508", (16,)),
    ("2200", "2204", (16, 19)),  # Mir
    ("9792", "9792", (16,)),  # Troy
    ("0604", "0604", _MAESTRO),
    ("5018", "5018", _MAESTRO),
    ("5020", "5020", _MAESTRO),
    ("5038", "5038", _MAESTRO),
    ("5893", "5893", _MAESTRO),
    ("6304", "6304", _MAESTRO),
    ("6759", "6759", _MAESTRO),
    ("6761", "6763", _MAESTRO),
    ("56", "58", (12, 16, 19)),
    ("5019", "5019", (16,)),  # Dankort
    ("5060", "5061", (16, 19)),  # Verve
)
_LONGEST_PREFIX = 4
_TWO_GROUPS = 9  # bytes of an anchor with a separator


def _prefixes() -> dict[bytes, frozenset[int]]:
    return {
        str(prefix).encode(): frozenset(lengths)
        for first, last, lengths in _SCHEMES
        for prefix in range(int(first), int(last) + 1)
    }


_LENGTHS = _prefixes()
_DOUBLED = bytes.maketrans(
    b"0123456789", b"0246813579"
)  # the digit sum of twice the digit

# Groups as cards are embossed: 4-4-4-4(-3), 4-6-5, 4-6-4; or no groups at all.
_NUMBER = LatePattern(
    rb"[0-9]{12,19}(?![0-9])"
    rb"|[0-9]{4}([ -])(?:[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?"
    rb"|[0-9]{6}\1[0-9]{4,5})(?![0-9])"
)
_ALPHANUMERIC = bytes(byte < 128 and chr(byte).isalnum() for byte in range(256))
_JOINTS = (b"-", b".", b"+")
_JOINED_AFTER = LatePattern(rb"[A-Za-z0-9]|[-.+][A-Za-z0-9]")
# Beside groups with blanks another group of four, of an IBAN or in a table.
_GROUP_BEFORE = LatePattern(rb"(?<![A-Za-z0-9-])[A-Z0-9]{3}[0-9] \Z")
_GROUP_AFTER = LatePattern(rb" [0-9]{4}(?![0-9])")


def passes_luhn(digits: bytes) -> bool:
    """Check the last digit over all others, ISO/IEC 7812-1 annex B."""
    odd, even = digits[-1::-2], digits[-2::-2].translate(_DOUBLED)
    return (sum(odd) + sum(even) - 48 * len(digits)) % 10 == 0


def is_issued(digits: bytes) -> bool:
    """Say whether a scheme issues numbers of this length under this prefix."""
    for size in range(_LONGEST_PREFIX, 0, -1):
        lengths = _LENGTHS.get(digits[:size])
        if lengths is not None:
            return len(digits) in lengths
    return False


def validate(data: bytes, start: int, end: int) -> Span | None:
    """Read on from two groups of four digits at ``start``, or from the second one.

    A number that is part of something longer is none: letters or digits touch it, or
    hang on by hyphen, point or plus (decimals, dates, UUIDs), or further groups of
    four digits stand beside its own (a table).
    """
    return _number_at(data, start) or (
        _number_at(data, end - 4) if end - start == _TWO_GROUPS else None
    )


def _number_at(data: bytes, start: int) -> Span | None:
    if start and _goes_before(data, start):
        return None
    found = _NUMBER.match(data, start)
    if found is None:
        return None
    digits = found.group().translate(None, b" -")
    if not passes_luhn(digits) or not is_issued(digits):
        return None
    end = found.end()
    if _JOINED_AFTER.match(data, end):
        return None
    if found.group(1) == b" " and _GROUP_AFTER.match(data, end):
        return None
    return start, end


def _goes_before(data: bytes, start: int) -> bool:
    """Say whether the digits at ``start`` continue what stands before them."""
    if _ALPHANUMERIC[data[start - 1]]:
        return True
    if start < 2 or not _ALPHANUMERIC[data[start - 2]]:
        return False
    before = data[max(0, start - 6) : start]
    if before.endswith(b" "):
        grouped = data[start + 4 : start + 5] == b" "
        return grouped and _GROUP_BEFORE.search(before) is not None
    return before.endswith(_JOINTS)


PAYMENT_CARD = Detector(
    name="payment_card",
    description="Payment card number, issuer range and Luhn digit hold (ISO/IEC 7812)",
    anchors=(
        re.compile(
            rb"[0-9][0-9][0-9][0-9][ -]?[0-9][0-9][0-9][0-9](?=[ -]?[0-9][0-9])"
        ),
    ),
    validate=validate,
)
