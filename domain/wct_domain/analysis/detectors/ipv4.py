"""IPv4 addresses.

Source: RFC 791 (four octets), RFC 6943 §3.1.1 (dotted decimal without leading zeros,
which readers disagree about). Every address counts, private and reserved ones too:
whether it leads to a person depends on whose network it is.
"""

import re

from wct_domain.analysis.detectors.detector import Detector, Span

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_ADDRESS = re.compile(
    rb"(?<![0-9A-Za-z.])" + _OCTET + rb"(?:\." + _OCTET + rb"){3}"
    rb"(?![0-9A-Za-z]|[.][0-9A-Za-z]|-[A-Za-z])"
)
_HYPHENS = (b"-", b"_", b"+")  # package-1.2.3.4
_PRODUCT = re.compile(rb"[\"'(;,]?[A-Za-z][\w.+-]*/")  # Browser/120.0.0.0
_PORT = re.compile(rb":[0-9]")  # host/192.0.2.1:80, as Java writes addresses
_QUOTES = b" \t\"'()[]{}<>:=,"
_NUMBERED = (
    *(b"version", b"release", b"revision", b"firmware", b"build", b" ver", b" rev"),
    *(b"section", b"chapter", b"clause", "§".encode()),
)
_LOOK_BEHIND = 40
_LINE_FEED = 10


def validate(data: bytes, start: int, _end: int) -> Span | None:
    """Read four octets, the first of which ends at the point at ``start``.

    Not addresses: part of a longer dotted number or name, versions (``v1.2.3.4``,
    ``package-1.2.3.4``, ``Browser/1.2.3.4``, "version 1.2.3.4") and section numbers.
    """
    first = start
    while first > max(0, start - 3) and data[first - 1 : first].isdigit():
        first -= 1
    found = _ADDRESS.match(data, first)
    if found is None:
        return None
    if (
        first
        and data[first - 1] != _LINE_FEED
        and _is_version(data, first, found.end())
    ):
        return None
    return found.span()


def _is_version(data: bytes, first: int, last: int) -> bool:
    before = data[max(0, first - _LOOK_BEHIND) : first]
    if before.endswith(b"/"):
        token = before.rsplit(None, 1)[-1]
        return bool(_PRODUCT.fullmatch(token)) and not _PORT.match(data, last)
    if before.endswith(_HYPHENS):
        return before[-2:-1].isalpha()
    return before.rstrip(_QUOTES).lower().endswith(_NUMBERED)


IPV4 = Detector(
    name="ipv4",
    description="IPv4 address in dotted decimal (RFC 791)",
    anchors=(re.compile(rb"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),),
    validate=validate,
)
