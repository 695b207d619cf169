"""Canonical JSON, and the two digests by which recorded content is named.

``blob`` names stored bytes (storage, verification). ``content`` names what they
mean (comparison, reuse): it is keyed, so that nobody without the ledger's content
key can test a guess at personal data against it, and it leaves out fields that
our JSON Schemas mark ``x-wct-volatile``, so that two runs over one input agree.
The exact forms and their test vectors: ``docs/reference/ledger-format.md``.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime
from json.encoder import (  # type: ignore[attr-defined]  # typeshed leaves out c_make_encoder
    c_make_encoder,  # pyright: ignore[reportAttributeAccessIssue,reportUnknownVariableType]  # as above
    encode_basestring,
)
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic_core import to_json

from wct_domain.errors import ContentNotJsonError
from wct_domain.marks import MarkedFields, without
from wct_domain.plain_json import arranged, is_plain

Digest = Annotated[str, StringConstraints(min_length=64, max_length=64)]
"""256 bits as 64 lower-case hexadecimal digits."""


class Reference(BaseModel):
    """Names a stored message, or another document, by its bytes and its meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blob: Digest  # SHA-256 of the stored bytes
    content: Digest  # HMAC-SHA-256 of the canonical content


def canonical_json(value: object) -> bytes:
    """Serialise as UTF-8 JSON: keys sorted by code point, no white space.

    Keys that are numbers, and tuples, become what JSON has for them: text and arrays;
    let keys be text, for numbers are sorted before they become text.
    Dates and times become ISO 8601 text. Numbers are written as Python's ``json``
    writes them; NaN and infinities are refused.

    Raises:
        ContentNotJsonError: the value is not JSON; the text names the path to what
            is wrong and its type.
    """
    return _encoded(_SORTED, value)


def stored_json(value: object) -> bytes:
    """Serialise as ``canonical_json``, but keep keys in the order that they have.

    Raises:
        ContentNotJsonError: as ``canonical_json``.
    """
    try:
        if is_plain(value):
            return to_json(value)
    except (ValueError, RecursionError):
        pass  # what is wrong, or nested deeper than pydantic goes, ``json`` tells
    return _encoded(_AS_IT_IS, value)


def both_forms(content: Any, volatile: MarkedFields) -> tuple[bytes, bytes]:
    """Return ``stored_json``, and ``canonical_json`` without the volatile fields.

    Raises:
        ContentNotJsonError: as ``canonical_json``.
    """
    try:
        lasting = arranged(content, volatile)
        return to_json(content), to_json(lasting)
    except (ValueError, RecursionError):
        canonical = canonical_json(without(content, volatile))
        return stored_json(content), canonical


def _encoded(encoder: json.JSONEncoder, value: object) -> bytes:
    try:
        return encoder.encode(value).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ContentNotJsonError(_what_is_wrong(value)) from error


def _iso(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError


def _encoder(*, sort_keys: bool) -> json.JSONEncoder:
    return json.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=sort_keys,
        separators=(",", ":"),
        default=_iso,
    )


_SORTED = _encoder(sort_keys=True)
_AS_IT_IS = _encoder(sort_keys=False)


class _LongTexts:
    """Takes the long texts out of what ``json`` writes, in order.

    A NUL, which JSON has nowhere, keeps the place of each.
    """

    def __init__(self) -> None:
        self.taken: list[str] = []

    def __call__(self, text: str) -> str:
        if len(text) < _LONG or text.__class__ is not str:
            return encode_basestring(text)
        self.taken.append(text)
        return "\0"


_LONG = 1000  # characters; below, the detour costs more than it saves


def _canonical_pieces(value: object) -> Iterator[bytes]:
    """Yield what ``canonical_json`` returns; a long text is a piece of its own.

    pydantic writes text as ``json`` does, with vectors, in a fifth of the time.
    """
    if c_make_encoder is None:  # a Python without json's accelerator
        yield _SORTED.encode(value).encode()
        return
    texts = _LongTexts()
    # As JSONEncoder.iterencode does, which takes no writer of texts.
    encode = cast("Callable[..., Any]", c_make_encoder)
    written = encode({}, _SORTED.default, texts, None, ":", ",", True, False, False)
    first, *others = "".join(written(value, 0)).encode().split(b"\0")
    yield first
    for text, after in zip(texts.taken, others, strict=True):
        yield to_json(text)
        yield after


def _what_is_wrong(value: object) -> str:
    found = next(_not_json(value, "content", 0), None)
    if found is None:
        return "content is nested too deeply, or refers to itself"
    path, kind = found
    return f"{path} is not JSON: {kind}"


def _not_json(value: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield (path, what is wrong) for each value that JSON cannot hold."""
    if depth > _DEEPEST:
        yield "content", "nested too deeply, or refers to itself"
    elif isinstance(value, dict):
        for key, member in value.items():  # pyright: ignore[reportUnknownVariableType]  # any mapping may come in
            if isinstance(key, str) and not _encodable(key):
                yield path, "a key with a lone surrogate"
            elif not isinstance(key, str):
                yield path, f"a key of type {type(key).__name__}"  # pyright: ignore[reportUnknownArgumentType]  # as above
            else:
                yield from _not_json(member, f"{path} -> {key}", depth + 1)  # pyright: ignore[reportUnknownArgumentType]  # as above
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]  # any sequence may come in
            yield from _not_json(member, f"{path} -> {index}", depth + 1)  # pyright: ignore[reportUnknownArgumentType]  # as above
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, "a number that is not finite"
    elif isinstance(value, int) and not _writable(value):
        yield path, "a number of too many digits"
    elif isinstance(value, str) and not _encodable(value):
        yield path, "text with a lone surrogate"
    elif value is not None and not isinstance(
        value, (str, int, float, bool, datetime, date)
    ):
        yield path, f"a {type(value).__name__}"


_DEEPEST = 200


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _writable(number: int) -> bool:
    try:
        int.__repr__(number)
    except ValueError:  # Python writes 4,300 digits: sys.set_int_max_str_digits
        return False
    return True


def blob_digest(stored: bytes) -> str:
    """SHA-256 of a blob's stored bytes, in lower-case hexadecimal."""
    return hashlib.sha256(stored).hexdigest()


def content_digest(key: bytes, schema: str | None, canonical: bytes) -> str:
    """Keyed digest of canonical content that follows ``schema`` (``name/version``).

    HMAC-SHA-256 (RFC 2104) over the schema's name, a zero byte, and the content.
    """
    mac = _content_mac(key, schema)
    mac.update(canonical)
    return mac.hexdigest()


def digest_of_long_texts(
    key: bytes, schema: str | None, content: object
) -> tuple[str, int]:
    """Return ``content_digest`` of what is made of whole files, and its bytes' number.

    The canonical form is never held: memory that is asked for and given back costs
    more than the digest. Each short text costs 0.1 µs more than by ``canonical_json``.

    Raises:
        ContentNotJsonError: as ``canonical_json``.
    """
    mac, size = _content_mac(key, schema), 0
    try:
        for piece in _canonical_pieces(content):
            mac.update(piece)
            size += len(piece)
    except (TypeError, ValueError, RecursionError) as error:
        raise ContentNotJsonError(_what_is_wrong(content)) from error
    return mac.hexdigest(), size


def _content_mac(key: bytes, schema: str | None) -> hmac.HMAC:
    return hmac.new(key, (schema or "").encode() + b"\0", hashlib.sha256)


def pseudonym(key: bytes, purpose: str, value: str) -> str:
    """Keyed name for something that must be recognised again but not read.

    128 bits of HMAC-SHA-256 in lower-case hexadecimal; ``purpose`` keeps the same
    value apart in different roles.
    """
    mac = hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256)
    return mac.hexdigest()[:32]
