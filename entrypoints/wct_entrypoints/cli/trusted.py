"""Keys and checkpoints that somebody kept elsewhere, as options name them."""

from collections.abc import Iterable
from pathlib import Path

from wct_domain.errors import CheckpointError, LedgerUnusableError
from wct_domain.notes import Checkpoint, Note, VerifierKey
from wct_domain.ports.keys import Keys
from wct_domain.verification import Trust

_TOO_LARGE = 1 << 20  # bytes; keys and checkpoints are a few lines


def trust_in(given: Iterable[str], own: Iterable[VerifierKey]) -> Trust:
    """Gather the keys of a verification.

    Args:
        given: texts of keys, or names of files with one on each line.

    Raises:
        CheckpointError: one of them is not a key.
    """
    # Here, because it loads the cryptography library.
    from wct_entrypoints.bootstrap.signing import signature_fits

    keys = [key for text in given for key in _keys(text)]
    return Trust(signature_fits, tuple(keys), tuple(own))


def own_keys(keys: Keys, *, needed: bool) -> list[VerifierKey]:
    """Return the public keys of a ledger's key store.

    Raises:
        LedgerUnusableError: the store is missing or damaged, and they are needed.
    """
    try:
        return keys.verifier_keys()
    except LedgerUnusableError:
        if needed:
            raise
        return []


def text_or_file(text: str) -> str:
    """Return a key that is given as text, or in a file.

    Raises:
        CheckpointError: the file cannot be read.
    """
    if not Path(text).exists():
        return text.strip()
    try:
        return _read(Path(text)).strip()
    except OSError as error:
        msg = f"'{text}' cannot be read: {error.strerror}"
        raise CheckpointError(msg) from error


def checkpoint_in(path: Path) -> str:
    """Read a checkpoint that was kept in a file.

    Raises:
        CheckpointError: it cannot be read, or is none.
    """
    try:
        note = _read(path)
        Checkpoint.parse(Note.parse(note).text)
    except (OSError, CheckpointError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        msg = f"'{path}' cannot be used: {reason}"
        raise CheckpointError(msg) from error
    return note


def _keys(text: str) -> list[VerifierKey]:
    if "+" in text and not Path(text).exists():
        return [VerifierKey.parse(text)]
    try:
        lines = _read(Path(text)).splitlines()
        found = [VerifierKey.parse(line) for line in lines if line.strip()]
    except (OSError, CheckpointError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        msg = f"'{text}' is neither a verifier key nor a file of them: {reason}"
        raise CheckpointError(msg) from error
    if not found:
        msg = f"'{text}' has no key in it"
        raise CheckpointError(msg)
    return found


def _read(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_TOO_LARGE + 1)
    if len(content) > _TOO_LARGE:
        msg = "it is too large for what it should be"
        raise CheckpointError(msg)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        msg = "it is not text"
        raise CheckpointError(msg) from error
