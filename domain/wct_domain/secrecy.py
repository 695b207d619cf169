"""Secrets, replaced before a runbook is recorded and before an error is shown.

No rule knows every secret. These would rather hide a plain value than show a secret:
what is hidden by mistake costs a reader one look at the runbook. But what is counted,
limited or described by a setting (``max_tokens``, ``password_policy``) is shown.

The time is linear in the length of the text: it may come from anywhere.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from math import isfinite
from typing import Any, NamedTuple, cast

from wct_domain.secret_names import WORDS, is_about_a_secret, is_count, is_secret
from wct_domain.substitution import FromEnvironment

_FLAG = re.compile(r"--?[\w-]+")

# As in {name: PASSWORD, value: x}: variables, headers, options.
_NAMES = ("name", "key", "header", "variable", "option", "field")
_VALUES = frozenset({"value", "val", "content", "default", "text", "raw"})

# What is replaced already comes first: it stays as it is.
_QUOTED = (
    r"""\*{3}(?![^\s&;,}\]"'])|\\?"(?:\\.|[^"\\])*"?"""
    r"""|\\?'(?:\\.|[^'\\])*'?|\{[^}\n]{0,300}\}"""
)
# A separator ends a value only where the next assignment or nothing follows it.
_PLAIN = r"(?:[^\s&;,]|[&;,](?!\s|$|[\w .-]{1,40}=))+"
# Where a model says what is wrong with a value, and not the value.
_COMPLAINT = r"(?!(?:field required|input should|extra inputs)\b)"

# Each is (what stays)(what is secret). The first that fits at a place wins, and what
# one has replaced no other sees.
_SECRET_SHAPES = (
    r"()(-----BEGIN [^-\n]{1,60}-----.*?(?:-----END [^-\n]{1,60}-----|\Z))",
    r"((?:set-)?cookies?\\?[\"']?\s*[=:][ \t]*)([^\r\n]+)",
    (
        rf"({WORDS}[\w-]{{0,40}}\\?[\"']?(?:\s+(?:is|was))?\s*(?::=|=>|[=:])\s*)"
        rf"{_COMPLAINT}((?:(?:bearer|basic|digest|token)\s+)?(?:{_QUOTED}|{_PLAIN}))"
    ),
    rf"((?<![\w-])key\s*=\s*)({_QUOTED}|{_PLAIN})",
    r"((?<!\S)-p)([^\s-]\S{3,})",  # mysql -psecret
    rf"((?<![\w-])--?[\w-]{{0,40}}?{WORDS}[\w-]{{0,40}}\s+)({_QUOTED}|\S+)",
    r"((?<!\S)-u\s*[^\s:]+:)(\S+)",  # curl -u user:secret
    r"((?<![a-z])bearer\s+)((?!tokens?\b|auth)\S{6,})",
    r"((?<![a-z])basic\s+)((?=\S*[0-9=])\S{6,})",
    rf"({WORDS}s?\s+(?:is\s+|was\s+)?)((?=\S*[0-9])\S{{6,}})",  # password hunter12
    # What issuers give a shape that tells it apart: signed tokens and access keys.
    (
        r"()((?-i:eyJ[\w-]{5,}(?:\.[\w-]*){0,4}|AKIA[0-9A-Z]{16}|gh[opsru]_\w{20,}"
        r"|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{16,}"
        r"|AIza[\w-]{30,}))"
    ),
)

# Without one of these a text holds none of the shapes. To look for them is cheap; the
# shapes take longer to compile than a small run takes to do all its work.
_TELLTALE = re.compile(
    r"[-:=0-9]|bearer|eyJ|AKIA|AIza|gh[opsru]_|github_pat_", re.IGNORECASE
)
_URL = r"""://[^\s"'<>]*"""
_LONGEST_NAME = 80  # characters looked at

_SHORT_NAME = re.compile(r"(?!.*eyJ)[A-Za-z0-9_. ]{0,16}")


def without_secrets(value: Any, digest: Callable[[str], str], key: str = "") -> Any:
    """Return a copy of ``value`` in which every secret is ``secret:<keyed digest>``.

    Secret is what stands under a key that says so (``password``, ``api_key``,
    ``db_token`` …), whatever its type but true and false, or after such a name in a
    list of arguments or a pair of name and value; what came from the environment; and
    in a text, keys of mappings among them, what ``without_secrets_in_text`` hides. The
    digest still tells whether
    two runs used the same secret.
    """

    def hidden(secret: object) -> str:
        return f"secret:{digest(secret if isinstance(secret, str) else repr(secret))}"

    if isinstance(value, FromEnvironment):
        return f"{_replaced(value.written, hidden)} = {hidden(str(value))}"

    if key and is_secret(key) and value not in (None, "", [], {}):
        switch = isinstance(value, bool)
        return value if switch or is_count(key, value) else hidden(value)
    if isinstance(value, dict):
        members = cast("dict[Any, Any]", value)
        named = _named(members)
        return {
            _replaced(str(name), hidden): without_secrets(member, digest, said_of)
            for name, member in members.items()
            for said_of in [_said_of(str(name), named)]
        }
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [without_secrets(item, digest, said) for item, said in _said(items)]
    if isinstance(value, str):
        return _replaced(value, hidden)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    # What YAML makes beyond JSON (numbers and dates as keys, ``.nan``, dates, sets and
    # bytes) must not stop a run: its record needs their look only.
    return str(value) if isinstance(value, date) else f"a {type(value).__name__}"


def without_secrets_in_text(text: str) -> str:
    """Return ``text`` with ``***`` in place of every secret, for showing it.

    Secret are the user part of a URL, what is assigned to a word like ``password``
    or follows such an option of a command, signed tokens, and PEM blocks.
    """
    return _replaced(text, lambda _: "***")


def _replaced(text: str, hidden: Callable[[str], str]) -> str:
    # Most texts of a runbook are prose or short names, which no shape fits.
    if _TELLTALE.search(text) is None or _SHORT_NAME.fullmatch(text):
        return text
    shown: list[str] = []
    copied = 0
    for start, end in _secrets(text):
        shown += (text[copied:start], hidden(text[start:end]))
        copied = end
    return "".join([*shown, text[copied:]])


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Yield where secrets stand, in order, without overlaps."""
    urls, shapes = _urls(text), _shapes()
    url, other = _user_part(urls, text, 0), shapes.search(text)
    while url or other:
        if other is None or (url and url[0] < other.start()):
            _, start, at = cast("tuple[int, int, int]", url)
            yield start, at
        else:
            last = other.lastindex or 0  # the secret; what stays is the group before it
            start, at = other.span(last)
            if _is_shown(text, other, last):
                at = start  # the value may still hold a secret
            else:
                yield start, at
        # What was found behind this place is still the next one.
        if other and other.start() < at:
            other = shapes.search(text, at)
        if url and url[0] < at:
            url = _user_part(urls, text, at)


class _Url(NamedTuple):
    """Places in what begins with ``://`` and holds an ``@``."""

    start: int
    end: int
    last_at: int
    last_query: int  # the last ? or # before ``last_at``; -1: none


def _urls(text: str) -> list[_Url]:
    """Return all of them, the last one first."""
    found: list[_Url] = []
    for start, end in (each.span() for each in re.finditer(_URL, text)):
        last_at = text.rfind("@", start, end)
        if last_at >= 0:
            query = max(text.rfind(sign, start, last_at) for sign in "?#")
            found.append(_Url(start, end, last_at, query))
    return found[::-1]


def _user_part(urls: list[_Url], text: str, at: int) -> tuple[int, int, int] | None:
    """Return the first of ``urls`` from ``at`` on: its start, and where its secret is.

    The user part goes to the last @: a password may hold / and @. With a query before
    that @, nothing of the URL is sure to be harmless. Drops what lies behind.
    """
    while urls:
        url = urls[-1]
        start = url.start if url.start >= at else text.find("://", at, url.last_at)
        if start >= 0:
            first = start + len("://")
            whole = url.last_query >= first or url.last_at == first
            return start, first, url.end if whole else url.last_at
        urls.pop()
    return None


def _is_shown(text: str, found: re.Match[str], last: int) -> bool:
    """Say whether the name that ``found`` is the end of is none of a secret."""
    start, end = found.start(), found.end(last - 1)
    first = max(0, start - _LONGEST_NAME)
    while start > first and _is_of_name(text[start - 1]):
        start -= 1
    after = found.start()
    while after < end and _is_of_name(text[after]):
        after += 1
    name = text[start:after]
    return is_about_a_secret(name) or is_count(name, found[last])


def _is_of_name(sign: str) -> bool:
    return sign.isalnum() or sign in "_-"


@cache
def _shapes() -> re.Pattern[str]:
    return re.compile("|".join(_SECRET_SHAPES), re.IGNORECASE | re.DOTALL)


def _named(members: dict[Any, Any]) -> str | None:
    """Return the name in a pair of name and value, if ``members`` are one."""
    if _VALUES.isdisjoint(str(name).lower() for name in members):
        return None
    texts = {str(name).lower(): member for name, member in members.items()}
    named = (texts[name] for name in _NAMES if isinstance(texts.get(name), str))
    return next(named, None)


def _said_of(name: str, named: str | None) -> str:
    """Return the key that tells whether the member called ``name`` is secret."""
    if named is None:
        return name
    if name.lower() in _VALUES:
        return named
    return "" if name.lower() in _NAMES else name


def _said(items: list[Any]) -> Iterator[tuple[Any, str]]:
    """Yield each item with the option before it: ``["--password", "x"]``."""
    said = ""
    for item in items:
        yield item, said
        is_flag = isinstance(item, str) and _FLAG.fullmatch(item)
        said = item if is_flag else ""
