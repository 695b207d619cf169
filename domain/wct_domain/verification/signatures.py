"""Whose signatures count, and what they say."""

from collections.abc import Sequence
from typing import NamedTuple

from wct_domain.checkpoints import origin_of
from wct_domain.errors import CheckpointError
from wct_domain.notes import Checkpoint, Note, VerifierKey, Verify


class Trust(NamedTuple):
    """The keys of a verification.

    ``given`` are those that whoever verifies got from somewhere else than from what
    is verified; ``own`` are those that came with it. Where none is given, the own ones
    are all there is, and what they prove is that nobody without them made changes.
    """

    fits: Verify
    given: Sequence[VerifierKey] = ()
    own: Sequence[VerifierKey] = ()

    @property
    def trusted(self) -> Sequence[VerifierKey]:
        """Keys whose signatures show how far the ledger is to be believed."""
        return self.given or self.own

    def signers(self, note: Note, *, trusted: bool) -> list[VerifierKey]:
        """Return the trusted keys that signed a note.

        Args:
            trusted: there must be one; else any known signature will do.

        Raises:
            CheckpointError: it is not signed as required.
        """
        known = [*self.given, *(key for key in self.own if key not in self.given)]
        signed_by = note.signed_by(known, self.fits)
        believed = [key for key in signed_by if key in self.trusted]
        if not (believed if trusted else signed_by):
            names = ", ".join(sorted({key.name for key in known})) or "none is known"
            kind = "trusted" if trusted else "known"
            msg = f"it is not signed by a {kind} key ({names})"
            raise CheckpointError(msg)
        return believed

    def opened(
        self, note: str, origins: Sequence[str], *, trusted: bool = False
    ) -> tuple[Checkpoint, list[VerifierKey]]:
        """Read a signed checkpoint; return it with the trusted keys that signed it.

        Args:
            origins: of the log that is meant, under its id, and former ones.
            trusted: as for ``signers``.

        Raises:
            CheckpointError: it is not a note, not signed as required, or of another
                log.
        """
        parsed = Note.parse(note)
        believed = self.signers(parsed, trusted=trusted)
        checkpoint = Checkpoint.parse(parsed.text)
        if checkpoint.origin not in origins:
            msg = f"it is of the log {checkpoint.origin}, not of {origins[0]}"
            raise CheckpointError(msg)
        return checkpoint, believed


def origins_of(log_id: str, former_ids: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the origins that checkpoints of a ledger may have, the current first."""
    return tuple(map(origin_of, (log_id, *former_ids)))
