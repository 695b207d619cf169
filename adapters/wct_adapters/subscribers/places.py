"""Addresses of receivers: which are refused, and how much of one may be shown."""

from collections.abc import Collection
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from wct_domain.errors import SubscriberError

_PORTS: Final = {"https": 443, "http": 80, "nats": 4222, "tls": 4222}


class Place(NamedTuple):
    """Where a URL leads to, without its user, path and query: those may be secret."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def is_here(self) -> bool:
        """Whether it is this machine, to which nothing needs to be encrypted."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def place_of(
    url: str, *, safe: Collection[str], plain: Collection[str], insecure: bool
) -> Place:
    """Read where a URL leads to.

    Args:
        safe: schemes that encrypt.
        plain: schemes that do not: to this machine only, unless ``insecure``.

    Raises:
        SubscriberError: it is no such URL; the text does not show it.
    """
    known = " or ".join(f"{each}://" for each in (*safe, *plain))
    try:
        place = _place(urlsplit(url))
    except ValueError as error:
        msg = f"the URL is none; {known} HOST is wanted"
        raise SubscriberError(msg) from error
    if place is None or place.scheme not in (*safe, *plain) or not _is_clean(url):
        msg = f"the URL is none; {known} HOST is wanted"
        raise SubscriberError(msg)
    if place.scheme in plain and not (place.is_here or insecure):
        msg = (
            f"{place} would be told events without encryption; use "
            f"{' or '.join(f'{each}://' for each in safe)}, or say 'insecure: true' "
            "beside its URL in wct.yaml"
        )
        raise SubscriberError(msg)
    return place


def _place(parts: SplitResult) -> Place | None:
    if not parts.hostname:
        return None
    port = parts.port
    if port is None:
        port = _PORTS.get(parts.scheme, 0)
    return Place(parts.scheme, parts.hostname, port)


def _is_clean(url: str) -> bool:
    return url.isprintable() and not any(map(str.isspace, url))
