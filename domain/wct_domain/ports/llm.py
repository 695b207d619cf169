"""A language model, asked in text."""

from abc import ABC, abstractmethod


class BaseLLMService(ABC):
    """Answers questions about text. Providers are services of the container."""

    @abstractmethod
    def analyse_data(self, text: str, analysis_prompt: str) -> str:
        """Ask about ``text`` and return the answer as text.

        Raises:
            LLMConnectionError: the model did not answer.
        """
