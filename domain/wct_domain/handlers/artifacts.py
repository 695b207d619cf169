"""Artifacts saved and cleared by hand, and evidence shown."""

from wct_domain.archive import BlobDraft
from wct_domain.commands import ClearArtifacts, RevealEvidence, SaveArtifact
from wct_domain.events import ArtifactSaved, ArtifactsCleared, EvidenceRevealed
from wct_domain.handlers.tools import Events


def save_artifact(command: SaveArtifact, draft: BlobDraft) -> Events:
    """Keep a message under a step's id.

    Raises:
        ContentNotJsonError: it cannot be kept; nothing is recorded.
    """
    stored = draft.message(command.message)
    yield (
        ArtifactSaved(
            artifact=command.step_id,
            result=stored.reference,
            items=stored.items,
            size=stored.size,
            parts=stored.parts,
        ),
    )


def clear_artifacts(_command: ClearArtifacts) -> Events:
    """Forget all artifacts."""
    yield (ArtifactsCleared(),)


def reveal_evidence(command: RevealEvidence) -> Events:
    """Record that raw evidence is shown, before it is."""
    yield (EvidenceRevealed(by=command.by, command=command.command, step=command.step),)
