"""Which rules know a package: by its name in a manifest, or as code imports it."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wct_domain.rulesets.service_integrations import ServiceIntegrationRule

# What stands between the parts of a name. PyPI takes -, _ and . for the same, and
# modules are named with dots; a Java package is the group of its Maven artifact.
_JOINTS: Mapping[str, re.Pattern[str]] = {
    "csharp": re.compile(r"\."),
    "go": re.compile(r"/"),
    "java": re.compile(r"[.:]"),
    "javascript": re.compile(r"/"),
    "php": re.compile(r"[\\/]"),
    "python": re.compile(r"[._-]"),
    "ruby": re.compile(r"/"),
}
_SAME = {"typescript": "javascript"}
_MOST_PARTS = 12  # of a name that are looked at; the longest known ones have five


class Known(NamedTuple):
    """A rule, with its package that was recognised, as the ruleset writes it."""

    rule: ServiceIntegrationRule
    package: str


class Services:
    """The packages of some rules; a name stands for all that is inside of it.

    ``@aws-sdk`` knows ``@aws-sdk/client-s3``, ``com.stripe`` knows
    ``com.stripe.model.Charge``. Case does not matter. Files of the project itself
    (``./stripe``) are never anybody's package.
    """

    def __init__(self, rules: Sequence[ServiceIntegrationRule]) -> None:
        self._known: dict[tuple[str, tuple[str, ...]], list[Known]] = {}
        for rule in rules:
            for language, packages in rule.packages.items():
                for package in packages:
                    key = language, _parts(language, package)
                    self._known.setdefault(key, []).append(Known(rule, package))

    def of(self, language: str, name: str) -> list[Known]:
        """Return the rules that know ``name``, each with its longest package."""
        language = _SAME.get(language, language)
        if language not in _JOINTS or name.startswith("."):
            return []
        parts = _parts(language, name)[:_MOST_PARTS]
        found: dict[str, Known] = {}
        for length in range(len(parts), 0, -1):
            for known in self._known.get((language, parts[:length]), ()):
                found.setdefault(known.rule.name, known)
        return list(found.values())


def _parts(language: str, name: str) -> tuple[str, ...]:
    return tuple(_JOINTS[language].split(name.strip("\\").lower()))
