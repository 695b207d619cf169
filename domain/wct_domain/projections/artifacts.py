"""Which artifacts exist: the fold behind the artifact store."""

from collections.abc import Mapping
from types import MappingProxyType

from wct_domain.events import (
    AnyEvent,
    ArtifactSaved,
    ArtifactsCleared,
    RunResumed,
)


class Artifacts:
    """Which artifacts exist, and where their bytes are: a fold over one stream.

    Saving an artifact again replaces it: the last ``ArtifactSaved`` wins.

    Args:
        saved: what there is before the first event; nothing by default.
    """

    def __init__(self, saved: Mapping[str, ArtifactSaved] | None = None) -> None:
        self._saved = dict(saved or {})

    def apply(self, event: AnyEvent) -> None:
        """Take one more event into account."""
        match event:
            case ArtifactSaved():
                self._saved[event.artifact] = event
            case ArtifactsCleared():
                self._saved.clear()
            case RunResumed():
                for step in event.redo:
                    self._saved.pop(step, None)
            case _:
                pass

    @property
    def saved(self) -> Mapping[str, ArtifactSaved]:
        """Step id to the event that saved its artifact, oldest first."""
        return MappingProxyType(self._saved)
