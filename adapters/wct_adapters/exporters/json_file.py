"""Documents as JSON files that are there whole, or not at all."""

import os
import tempfile
from pathlib import Path

import orjson

from wct_domain.errors import ExportError


def to_json(document: object) -> bytes:
    """Serialise with an indent of two; text stays as it is, times become ISO 8601.

    Raises:
        TypeError: something in the document is not JSON.
    """
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def write_json(document: object, path: Path) -> None:
    """Write a document in place of what was there; make its directory if need be.

    A reader sees the old file or the new one, never a part. On any failure the old
    one stays and nothing else is left behind.

    Raises:
        TypeError: something in the document is not JSON.
        ExportError: the file cannot be written; the text says why.
    """
    content = to_json(document)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        msg = f"Failed to save analysis results to {path}: {error.strerror or error}"
        raise ExportError(msg) from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # or a power cut may leave an empty file
        draft.chmod(0o600)  # findings are nobody else's business
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
