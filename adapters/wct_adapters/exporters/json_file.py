"""Documents as JSON files that are there whole, or not at all."""

import json
import os
import tempfile
from datetime import date, datetime
from pathlib import Path

import orjson

from wct_domain.errors import ExportError


def to_json(document: object) -> bytes:
    """Serialise with an indent of two; text stays as it is, times become ISO 8601.

    Raises:
        TypeError: something in the document is not JSON.
    """
    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2)
    except TypeError:
        # The fast one stops where JSON does not: at integers of more than 64 bits, at
        # 254 levels of nesting. And numbers as keys become text, as people expect.
        return _slowly(document)


def _slowly(document: object) -> bytes:
    try:
        text = json.dumps(document, ensure_ascii=False, indent=2, default=_iso)
        return text.encode()
    except (ValueError, RecursionError) as error:
        msg = f"not JSON: {type(error).__name__}"
        raise TypeError(msg) from error


def _iso(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    msg = f"not JSON: a {type(value).__name__}"
    raise TypeError(msg)


def write_json(
    document: object,
    path: Path,
    what: str = "analysis results",
    *,
    mode: int = 0o600,  # findings are nobody else's business
) -> None:
    """Write a document in place of what was there; make its directory if need be.

    A reader sees the old file or the new one, never a part. On any failure the old
    one stays and nothing else is left behind. A link is followed; a device or a pipe
    is written to, not replaced. ``what`` the document is says the text of the error.

    Raises:
        TypeError: something in the document is not JSON.
        ExportError: the file cannot be written; the text says why.
    """
    content = to_json(document)
    try:
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            _replace(target, content, mode)
    except FileExistsError as error:
        msg = f"Failed to save {what} to {path}: its directory is a file"
        raise ExportError(msg) from error
    except OSError as error:
        msg = f"Failed to save {what} to {path}: {error.strerror or error}"
        raise ExportError(msg) from error


def _replace(path: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".wct-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # or a power cut may leave an empty file
        draft.chmod(mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
