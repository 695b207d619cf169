"""Secrets, replaced before a runbook is recorded and before an error is shown.

No rule knows every secret. These would rather hide a plain value than show a secret:
what is hidden by mistake costs a reader one look at the runbook.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, lru_cache
from math import isfinite
from typing import Any, cast

_WORDS = (
    r"(?:pass(?:[_-]?word|wd|[_-]?phrase|code)|pgpass|pwd|secret|token|credentials?"
    r"|authorization|cookie|dsn|connection[_ -]?string|access[_-]?signature"
    r"|session[_ -]?id"
    r"|(?<![a-z])(?:pass|auth|jwt|sas|bearer|pin|sig(?:nature)?)(?![a-z])"
    r"|(?:api|access|private|account|encryption|signing|shared|session|master|storage"
    r"|client|license|subscription|ssh|host)[_ -]?key)"
)
_SECRET_KEY = re.compile(rf"{_WORDS}|^\W*key\W*$", re.IGNORECASE)
_CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FLAG = re.compile(r"--?[\w-]+")
# As in {name: PASSWORD, value: x}: variables, headers, options.
_NAMES = ("name", "key", "header", "variable", "option", "field")
_VALUES = frozenset({"value", "val", "content", "default", "text", "raw"})

# What is replaced already comes first: it stays as it is.
_QUOTED = (
    r"""\*{3}(?![^\s&;,}\]"'])|\\?"(?:\\.|[^"\\])*"?"""
    r"""|\\?'(?:\\.|[^'\\])*'?|\{[^}\n]*\}"""
)
# A separator ends a value only where the next assignment or nothing follows it.
_PLAIN = r"(?:[^\s&;,]|[&;,](?!\s|$|[\w .-]{1,40}=))+"
_OF_URL = r"""[^\s"'<>]"""

# Each is (what stays)(what is secret). The first that fits at a place wins, and what
# one has replaced no other sees.
_SECRET_SHAPES = (
    r"()(-----BEGIN [^-\n]{1,60}-----.*?(?:-----END [^-\n]{1,60}-----|\Z))",
    # The user part of a URL goes to the last @: a password may hold / and @. With a
    # query before that @, nothing of the URL is sure to be harmless.
    (
        r"(://)((?:[^\s\"'<>?#@]|@(?=[^\s\"'<>?#]{0,2000}@)){1,2000}"
        rf"(?=@(?!{_OF_URL}{{0,2000}}@))|{_OF_URL}{{0,2000}}@{_OF_URL}*)"
    ),
    r"((?:set-)?cookies?\\?[\"']?\s*[=:][ \t]*)([^\r\n]+)",
    (
        rf"({_WORDS}[\w-]{{0,40}}\\?[\"']?(?:\s+(?:is|was))?\s*(?::=|=>|[=:])\s*)"
        rf"((?:(?:bearer|basic|digest|token)\s+)?(?:{_QUOTED}|{_PLAIN}))"
    ),
    rf"((?<![\w-])key\s*=\s*)({_QUOTED}|{_PLAIN})",
    r"((?<!\S)-p)([^\s-]\S{3,})",  # mysql -psecret
    rf"((?<![\w-])--?[\w-]{{0,40}}?{_WORDS}[\w-]{{0,40}}\s+)({_QUOTED}|\S+)",
    r"((?<!\S)-u\s*[^\s:]+:)(\S+)",  # curl -u user:secret
    r"((?<![a-z])bearer\s+)((?!tokens?\b|auth)\S{6,})",
    r"((?<![a-z])basic\s+)((?=\S*[0-9=])\S{6,})",
    rf"({_WORDS}s?\s+(?:is\s+|was\s+)?)((?=\S*[0-9])\S{{6,}})",  # password hunter12
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
_SHORT_NAME = re.compile(r"(?!.*eyJ)[A-Za-z0-9_. ]{0,16}")


def without_secrets(value: Any, digest: Callable[[str], str], key: str = "") -> Any:
    """Return a copy of ``value`` in which every secret is ``secret:<keyed digest>``.

    Secret is what stands under a key that says so (``password``, ``api_key``,
    ``db_token`` …), whatever its type, or after such a name in a list of arguments or
    a pair of name and value; and in a text, keys of mappings among them, what
    ``without_secrets_in_text`` hides. The digest still tells whether two runs used
    the same secret.
    """

    def hidden(secret: object) -> str:
        return f"secret:{digest(secret if isinstance(secret, str) else repr(secret))}"

    if key and _is_secret(key) and value not in (None, "", [], {}):
        return hidden(value)
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
    def replaced(found: re.Match[str]) -> str:
        last = found.lastindex or 0  # the secret; what stays is the group before it
        return f"{found[last - 1]}{hidden(found[last])}"

    # Most texts of a runbook are prose or short names, which no shape fits.
    if _TELLTALE.search(text) is None or _SHORT_NAME.fullmatch(text):
        return text
    return _shapes().sub(replaced, text)


@cache
def _shapes() -> re.Pattern[str]:
    return re.compile("|".join(_SECRET_SHAPES), re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=1024)  # the same keys come with every step
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(_CAMEL_HUMP.sub("_", key)) is not None


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
