"""E-mail addresses.

Source: RFC 5321 §4.1.2 and §4.5.3.1 (lengths), RFC 5322 §3.4.1 (addr-spec), RFC 1035
§2.3.1 (labels), RFC 6531 (letters beyond ASCII). Of the characters that RFC 5322
allows in a local part, those are taken that mail providers hand out; quoted local
parts, comments and address literals are not.
"""

import itertools
import re

from wct_domain.analysis.detectors.detector import Detector, Span
from wct_domain.analysis.late_pattern import LatePattern

_LOCAL_BYTES = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-'"
    + bytes(range(128, 256))
)
_IN_LOCAL = bytes(byte in _LOCAL_BYTES for byte in range(256))
_LONGEST_LOCAL = 64  # RFC 5321 §4.5.3.1.1, bytes
_LONGEST_DOMAIN = 255  # RFC 5321 §4.5.3.1.2, bytes

# Extensions of files whose names carry an @ (icon@2x.png), none of them a TLD.
_FILE = (
    rb"(?:avif|bmp|css|eot|gif|html?|ico|jpe?g|jsx?|json|map|mp[34]|otf|pdf|php|png|scss"
    rb"|svg|tgz|tiff?|tsx?|ttf|txt|web[mp]|woff2?|xml|ya?ml)(?![a-z])"
)
_VERSION = rb"v?[0-9]+\.[0-9]+(?:[.-]|(?![A-Za-z]))"  # package@1.2.3-rc.next
_LABEL = rb"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The longest delegated TLD has 18 letters. No finishNow, as in this@Screen.finishNow.
_TOP = rb"(?:[a-z]{2,18}|[A-Z]{2,18}|[A-Z][a-z]{1,17}|[Xx][Nn]--[A-Za-z0-9-]{2,59})"
# Not a call, a further @, or the path of a repository: git@host:team/project.
_GOES_ON = rb"[\w(@-]|:[\w.~-]+/[\w.-]"
# A look-ahead takes the labels once and for all. A possessive quantifier would say it
# more plainly, but matches wrongly before Python 3.11.5 (python/cpython#106052).
_DOMAIN = LatePattern(
    rb"(?!" + _VERSION + rb")(?=((?:" + _LABEL + rb"\.(?=[A-Za-z0-9]))+))\1"
    rb"(?!" + _FILE + rb")" + _TOP + rb"(?![A-Za-z0-9-])(?!" + _GOES_ON + rb")"
)
_WIDE_LABEL = r"[^\W_](?:[^\W_]|-(?=[^\W_]|-)){0,62}"
_WIDE_DOMAIN = (
    rf"(?!{_VERSION.decode()})(?=((?:{_WIDE_LABEL}\.(?=[^\W_]))+))\1"
    rf"(?!{_FILE.decode()})"
    rf"(?:[^\W\d_]{{2,18}}|xn--[a-z0-9-]{{2,59}})(?![^\W_-])(?!{_GOES_ON.decode()})"
)
_HOST = LatePattern(rb"[A-Za-z0-9.\x80-\xff-]*")

_KEYWORDS = frozenset((b"this", b"super", b"return"))  # Kotlin's labelled expressions
_NAME_PARTICLE = LatePattern(rb"(?:\A|[._-])[dlmnoDLMNO]\Z")  # o'brien, d'angelo
_USER_INFO = LatePattern(rb"[^\s/?#\"'<>,;]*")  # user:password@host, RFC 3986
_LOOK_BEHIND = 128
_FILLED_IN = frozenset((b"$", b"%", b"{", b"}", b"@", b"*"))  # template, mask
_HEXADECIMAL = LatePattern(rb"[0-9A-Fa-f]{2}.")


def validate(data: bytes, start: int, end: int) -> Span | None:
    """Look around the ``@`` (or its percent-encoding) at ``start``.

    Not addresses: the credentials of a URL, ``user@host:path`` of a repository, file
    names and package versions, a local part that a template fills in, and what a call
    or a further ``@`` continues.
    """
    if not start or not _IN_LOCAL[data[start - 1]]:
        return None  # as most are in code: @Override
    before = data[max(0, start - _LONGEST_LOCAL - 2) : start]
    local = before[len(before.rstrip(_LOCAL_BYTES)) :]
    if not local.isalnum():
        local = _trimmed(local)
    first = start - len(local)
    previous = data[max(0, first - 1) : first]
    if previous == b"%" and _HEXADECIMAL.match(local):
        local, first, previous = local[2:], first + 2, b""
    if not 0 < len(local) <= _LONGEST_LOCAL or local in _KEYWORDS:
        return None
    if previous in _FILLED_IN:
        return None
    last = _domain_end(data, end)
    if last is None or _is_password(data, first):
        return None
    return first, last


def _trimmed(local: bytes) -> bytes:
    if not local.isascii():
        local = _cased_tail(local)
    if local.endswith((b".", b"'")):
        return b""
    local = local[local.rfind(b"..") + 1 :]
    quote = local.rfind(b"'")
    if quote >= 0 and not _NAME_PARTICLE.search(local[:quote]):
        local = local[quote + 1 :]
    return local.lstrip(b".+-'")


def _cased_tail(local: bytes) -> bytes:
    """Cut off what cannot belong to an address: punctuation, scripts without case."""
    text = local.decode(errors="replace")
    size = len(text)
    while size and (text[size - 1].isascii() or _has_case(text[size - 1])):
        size -= 1
    return text[size:].encode()


def _has_case(letter: str) -> bool:
    return letter.isupper() or letter.islower()


def _domain_end(data: bytes, at: int) -> int | None:
    limit = at + _LONGEST_DOMAIN
    found = _DOMAIN.match(data, at, limit)
    if found and data[found.end() : found.end() + 1] < b"\x80":
        return found.end()
    host = _HOST.match(data, at, limit)
    if host is None or host.group().isascii():
        return None
    text = data[at:limit].decode(errors="replace")
    cased = itertools.takewhile(lambda s: s.isascii() or _has_case(s), text)
    # Compiled when the first such domain is met (and kept, by re): few texts have one.
    wide = re.match(_WIDE_DOMAIN, "".join(cased), re.IGNORECASE)
    return at + len(wide.group().encode()) if wide else None


def _is_password(data: bytes, first: int) -> bool:
    scheme = data.rfind(b"://", max(0, first - _LOOK_BEHIND), first)
    return scheme >= 0 and _USER_INFO.fullmatch(data, scheme + 3, first) is not None


EMAIL = Detector(
    name="email",
    description="E-mail address with a domain name (RFC 5321, RFC 5322)",
    anchors=(re.compile(rb"@"), re.compile(rb"%40")),
    validate=validate,
)
