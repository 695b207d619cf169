"""IPv4 addresses.

Source: RFC 791 (four octets), RFC 6943 §3.1.1 (dotted decimal without leading zeros,
which readers disagree about), RFC 6890 (special addresses), RFC 4632 (prefixes).

An address counts if it can be somebody's device. Private (RFC 1918) and link-local
ones can: inside a company they lead to an employee. Those that documentation uses (RFC
5737) stand for such addresses. Loopback, multicast, broadcast, masks and whole networks
are nobody's, wherever they are written.
"""

import re

from wct_domain.analysis.detectors.detector import Detector, Span
from wct_domain.analysis.late_pattern import LatePattern

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_ADDRESS = LatePattern(
    rb"(?<![0-9A-Za-z.])" + _OCTET + rb"(?:\." + _OCTET + rb"){3}"
    rb"(?![0-9A-Za-z]|[.][0-9A-Za-z]|-[A-Za-z])"
)
_HYPHENS = (b"-", b"_", b"+")  # package-1.2.3.4
_PRODUCT = LatePattern(rb"[\"'(;,]?[A-Za-z][\w.+-]*/")  # Browser/120.0.0.0
_PORT = LatePattern(rb":[0-9]")  # host/192.0.2.1:80, as Java writes addresses
_QUOTES = b" \t\"'()[]{}<>:=,"
_NUMBERED = (
    *(b"version", b"release", b"revision", b"firmware", b"build", b" ver", b" rev"),
    *(b"section", b"chapter", b"clause", "§".encode()),
)
_RANGES = (b">=", b"<=", b"~=", b"~>", b"^", b"~")  # of versions: >=1.2.3.4
_PREFIX = LatePattern(rb"/([0-9]{1,2})(?![0-9.])")  # 192.0.2.0/24
_LOOK_BEHIND = 40
_LINE_FEED, _ZERO, _NINE = b"\n09"


def validate(data: bytes, start: int, _end: int) -> Span | None:
    """Read four octets, the first of which ends at the point at ``start``.

    Not addresses: part of a longer dotted number or name, versions (``v1.2.3.4``,
    ``package-1.2.3.4``, ``Browser/1.2.3.4``, ``>=1.2.3.4``, "version 1.2.3.4") and
    section numbers; and what is no device's address (see above).
    """
    first, least = start, max(0, start - 3)
    while first > least and _ZERO <= data[first - 1] <= _NINE:
        first -= 1
    found = _ADDRESS.match(data, first)
    if found is None:
        return None
    last = found.end()
    if _is_nobodys(data, first, last):
        return None
    if first and data[first - 1] != _LINE_FEED and _is_version(data, first, last):
        return None
    return first, last


def _is_version(data: bytes, first: int, last: int) -> bool:
    before = data[max(0, first - _LOOK_BEHIND) : first]
    if before.endswith(b"/"):
        token = before.rsplit(None, 1)[-1]
        return bool(_PRODUCT.fullmatch(token)) and not _PORT.match(data, last)
    if before.endswith(_HYPHENS):
        return before[-2:-1].isalpha()
    words = before.rstrip(_QUOTES).lower()
    return words.endswith(_NUMBERED) or before.rstrip().endswith(_RANGES)


def _is_nobodys(data: bytes, start: int, last: int) -> bool:
    """Whether an address can be no device's: special, or the name of a network."""
    if data.endswith(b".0.0", start, last):  # 10.0.0.0; so are most versions, 1.0.0.0
        return True
    address = data[start:last]
    first = int(address[: address.index(b".")])
    if first in {0, 127} or first >= 224:  # this network, loopback; multicast and up
        return True
    if data[last : last + 1] != b"/" or not (prefix := _PREFIX.match(data, last)):
        return False
    size = 32 - int(prefix.group(1))
    number = int.from_bytes(map(int, address.split(b".")))
    return 0 < size < 32 and not number & (1 << size) - 1  # no bit names a host


IPV4 = Detector(
    name="ipv4",
    description="IPv4 address in dotted decimal (RFC 791)",
    anchors=(re.compile(rb"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),),
    validate=validate,
)
