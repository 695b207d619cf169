"""International bank account numbers.

Source: ISO 13616-1 (structure, check digits by ISO/IEC 7064 MOD 97-10); lengths per
country from the IBAN registry that SWIFT keeps as registration authority.
"""

import re

from wct_domain.analysis.detectors.detector import Detector, Span
from wct_domain.analysis.late_pattern import LatePattern

# Country, characters in all, and n where the account part holds digits only.
_REGISTRY = """
AD24 AE23n AL28 AT20n AZ28 BA20n BE16n BG22 BH22 BI27n BR29 BY28 CH21 CR22n CY28 CZ24n
DE22n DJ27n DK18n DO28 EE20n EG29n ES24n FI18n FK18 FO18n FR27 GB22 GE22 GI23 GL18n
GR27 GT28 HN28 HR21n HU28n IE22 IL23n IQ23 IS26n IT27 JO30 KW30 KZ20 LB28 LC32 LI21
LT20n LU20 LV21 LY25n MC27 MD24 ME22n MK19 MN20n MR27n MT31 MU30 NI28 NL18 NO15n OM23
PK24 PL28n PS29 PT25n QA29 RO24 RS22n RU33 SA24 SC31 SD18n SE24n SI19n SK24n SM27
SO23n ST25n SV28 TL23n TN24n TR26 UA29 VA22n VG24 XK20n YE30
"""
_LENGTHS = {entry[:2].encode(): int(entry[2:4]) for entry in _REGISTRY.split()}
_DIGITS_ONLY = frozenset(
    entry[:2].encode() for entry in _REGISTRY.split() if entry.endswith("n")
)

_LONGEST = 33 + 16  # the longest IBAN with a separator at every second character
_SEPARATORS = b" -"
_JOINED_BEFORE = LatePattern(rb"[A-Za-z0-9]-?\Z")  # part of something longer: UUIDs
_WRITTEN = LatePattern(rb"[A-Z0-9]+(?:([ -])[A-Z0-9]+(?:\1[A-Z0-9]+)*)?")
_NO_DIGIT = bytes(byte for byte in range(256) if not 48 <= byte <= 57)
_NUMBERS = {ord(sign): str(int(sign, 36)) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def check_digits_hold(compact: bytes) -> bool:
    """ISO/IEC 7064 MOD 97-10 over capitals and digits; letters count 10 to 35."""
    country = b"%d%d" % (compact[0] - 55, compact[1] - 55)
    account = compact[4:]
    if not account.isdigit():
        account = account.decode("ascii").translate(_NUMBERS).encode("ascii")
    return int(account + country + compact[2:4]) % 97 == 1


def validate(data: bytes, start: int, _end: int) -> Span | None:
    """Read on from two capitals and two digits at ``start``.

    In capitals, as the standard writes it; together or in groups that one kind of
    separator divides, blank or hyphen. At least half of it must be digits.
    """
    length = _LENGTHS.get(data[start : start + 2])
    if length is None or _JOINED_BEFORE.search(data[max(0, start - 2) : start]):
        return None
    compact = data[start : start + length]
    last = start + length
    if not compact.isalnum():
        compact, last = _grouped(data, start, length)
    if len(compact) < length or data[last : last + 1].isalnum():
        return None
    return (start, last) if _is_valid(compact) else None


def _grouped(data: bytes, start: int, length: int) -> tuple[bytes, int]:
    """Return ``length`` characters without their separators, and where they end.

    Fewer characters if there are no more, or if two kinds of separators divide them.
    """
    last = start + length + (length - 1) // 4
    written = data[start:last]
    separators = written[4::5]  # as it is printed, in groups of four
    compact = written.translate(None, _SEPARATORS)
    if len(compact) == length and separators in (
        b" " * len(separators),
        b"-" * len(separators),
    ):
        return compact, last
    found = _WRITTEN.match(data, start, start + _LONGEST)
    written = found.group() if found else b""
    compact = written.translate(None, _SEPARATORS)[:length]
    size = len(compact)
    while missing := len(compact) - len(written[:size].translate(None, _SEPARATORS)):
        size += missing
    return compact, start + size


def _is_valid(compact: bytes) -> bool:
    if compact[:2] in _DIGITS_ONLY:
        if not compact[4:].isdigit():
            return False
    elif 2 * len(compact.translate(None, _NO_DIGIT)) < len(compact):
        return False
    # Groups of four may hold anything between their blanks.
    return compact.isalnum() and compact.isupper() and check_digits_hold(compact)


IBAN = Detector(
    name="iban",
    description="Bank account number, check digits and country length hold (ISO 13616)",
    anchors=(re.compile(rb"[A-Z][A-Z][0-9][0-9]"),),
    validate=validate,
)
