"""Where step results wait for the steps that read them."""

from abc import ABC, abstractmethod

from wct_domain.message import Message


class ArtifactStore(ABC):
    """Messages by step id; safe to use from several threads."""

    @abstractmethod
    def save(self, step_id: str, message: Message) -> None:
        """Keep ``message``, in place of an earlier one of this id."""

    @abstractmethod
    def get(self, step_id: str) -> Message:
        """Return what was saved.

        Raises:
            ArtifactNotFoundError: nothing was saved under this id.
        """

    @abstractmethod
    def exists(self, step_id: str) -> bool:
        """Say whether ``get`` would return a message."""

    @abstractmethod
    def clear(self) -> None:
        """Forget everything."""
