"""IPv6 addresses.

Source: RFC 4291 §2.2 (text forms, ``::``, IPv4 tails), RFC 4193 and the IANA IPv6
address space registry (which prefixes are in use). As with IPv4, an address counts if
it can be somebody's device: unique local and link-local ones can, loopback, multicast
and whole networks cannot.
"""

import re

from wct_domain.analysis.detectors.detector import Detector, Span
from wct_domain.analysis.late_pattern import LatePattern

_SIGNS = b"0123456789ABCDEFabcdef:"
_LONGEST = 45  # RFC 4291 form 3 with an IPv4 tail
_ADDRESS = LatePattern(rb"[0-9A-Fa-f:]*:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]+")
_TAIL = LatePattern(
    rb":(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}\Z"
)
_AFTER = LatePattern(rb"[0-9A-Za-z_]|:[0-9A-Fa-f:]|\.[0-9]")
_DIGIT = LatePattern(rb"[0-9]")
_GROUP = LatePattern(rb"[0-9A-Fa-f]{1,4}\Z")
_LOOPBACK = LatePattern(rb"[0:]*:0*1\Z")
_NETWORK = LatePattern(rb"/[0-9]{1,3}(?![0-9])")  # behind ``::``: 2001:db8::/32
# A shortened address must begin as addresses in use do: 2000::/3, unique local,
# link-local, multicast, NAT64 (RFC 6052), or ::; else show four groups.
_IN_USE = LatePattern(
    rb"[23][0-9a-f]{3}:|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:"
    rb"|64:ff9b:|::ffff:|::(?:[0-9]{1,3}\.|1\Z)",
    re.IGNORECASE,
)
_SLICE = LatePattern(rb"[\w)\]]\[\Z")  # items[::1]


def validate(data: bytes, start: int, _end: int) -> Span | None:
    """Widen the colons at ``start`` to everything that an address may hold.

    Not addresses: times, MAC and EUI-64 identifiers, fingerprints, scopes of C++ and
    kin (``a::b``), slices (``[::1]`` behind a name). Zone and prefix length are left
    out of the value.
    """
    before = data[max(0, start - _LONGEST) : start]
    first = start - len(before) + len(before.rstrip(_SIGNS))
    found = _ADDRESS.match(data, first, first + 2 * _LONGEST)
    if found is None:
        return None
    text = found.group()
    text = text[_label_size(data, text, first) :]
    first = found.end() - len(text)
    if text.endswith(b":") and not text.endswith(b"::"):
        text = text[:-1]
    last = first + len(text)
    if not _is_address(text) or _AFTER.match(data, last):
        return None
    if _is_nobodys(text, data, last):
        return None
    return None if _SLICE.search(data[max(0, first - 2) : first]) else (first, last)


def _is_nobodys(text: bytes, data: bytes, last: int) -> bool:
    """Whether an address can be no device's: special, or the name of a network."""
    if text.endswith(b"::") and _NETWORK.match(data, last):
        return True
    return text[:2].lower() == b"ff" or _LOOPBACK.match(text) is not None


def _label_size(data: bytes, text: bytes, first: int) -> int:
    """How much of ``text`` is the end of a label, as in ``IPv6:`` or ``addr:``."""
    touching = data[max(0, first - 1) : first]
    if touching.isalnum() or touching == b"_":
        colon = text.find(b":")
        return len(text) if text.startswith(b"::", colon) else colon + 1
    return 1 if text.startswith(b":") and not text.startswith(b"::") else 0


def _is_address(text: bytes) -> bool:
    if len(text) > _LONGEST:
        return False
    tail = _TAIL.search(text) if b"." in text else None
    if b"." in text and tail is None:
        return False
    plain = text if tail is None else text[: tail.start()] + b":0:0"
    head, gap, rest = plain.partition(b"::")
    groups = [group for half in (head, rest) if half for group in half.split(b":")]
    if not all(_GROUP.match(group) for group in groups):
        return False
    if gap:
        return len(groups) < 8 and _is_shortened(text, groups)
    return len(groups) == 8 and (tail is not None or max(map(len, groups)) > 2)


def _is_shortened(text: bytes, groups: list[bytes]) -> bool:
    if _IN_USE.match(text):
        return True
    return len(groups) >= 4 and _DIGIT.search(text) is not None


IPV6 = Detector(
    name="ipv6",
    description="IPv6 address, shortened or full, IPv4-mapped too (RFC 4291)",
    anchors=(re.compile(rb":(?::|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:)"),),
    validate=validate,
)
