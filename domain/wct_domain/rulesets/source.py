"""Where rulesets come from: the port, and what comes through it."""

from abc import ABC, abstractmethod
from typing import Generic, NamedTuple, Protocol, TypeVar

from wct_domain.rulesets.documents import RulesetData
from wct_domain.rulesets.rules import BaseRule, RuleT

RuleT_co = TypeVar("RuleT_co", bound=BaseRule, covariant=True)


class BaseRuleset(ABC, Generic[RuleT_co]):
    """Rules under a name and a version."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Name by which runbooks ask for it (``ruleset:``)."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Three numbers with dots; the patterns of a version never change."""

    @abstractmethod
    def get_rules(self) -> tuple[RuleT_co, ...]:
        """All rules, in the ruleset's order; the same tuple each time."""


class Ruleset(BaseRuleset[RuleT]):
    """A ruleset with the digest of the file that it came from."""

    def __init__(self, data: RulesetData[RuleT], digest: str) -> None:
        self._data = data
        self._digest = digest

    @property
    def name(self) -> str:
        return self._data.name

    @property
    def version(self) -> str:
        return self._data.version

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, in lower-case hexadecimal."""
        return self._digest

    def get_rules(self) -> tuple[RuleT, ...]:
        return self._data.rules


class RulesetSummary(NamedTuple):
    """One installed version of a ruleset, for lists.

    ``digest`` is the SHA-256 of its file. ``problem`` says why it is not usable, in
    which case the counts are 0.
    """

    name: str
    version: str
    digest: str
    rule_type: str = ""
    description: str = ""
    rules: int = 0
    patterns: int = 0
    problem: str | None = None


class RulesetSource(Protocol):
    """Finds rulesets by name."""

    def load(
        self, name: str, rule_type: type[RuleT], version: str | None = None
    ) -> Ruleset[RuleT]:
        """Return a ruleset; without ``version`` the newest that is installed.

        Raises:
            RulesetNotFoundError: nobody installed this name (and version).
            RulesetTypeError: its rules are not of this type.
            RulesetError: it is there, but unreadable or wrong.
        """
        ...

    def list(self) -> tuple[RulesetSummary, ...]:
        """Every installed version, by name and then by version, oldest first."""
        ...
