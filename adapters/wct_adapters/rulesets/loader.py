"""Rulesets from YAML files in packages: ours, and those of plugins.

A directory holds ``<name>/<version>/<name>.yaml``. The files are part of installed
packages, as code is; what a runbook says is only ever looked up among their names.
"""

import hashlib
import re
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple, cast

import yaml

from wct_domain.errors import (
    RulesetAlreadyRegisteredError,
    RulesetError,
    RulesetNotFoundError,
)
from wct_domain.rulesets.documents import parse_ruleset
from wct_domain.rulesets.rules import BaseRule, RuleT
from wct_domain.rulesets.source import Ruleset, RulesetSummary

_VERSION = re.compile(r"\d+\.\d+\.\d+", re.ASCII)


class _Document(NamedTuple):
    digest: str
    content: dict[str, Any]


class YamlRulesets:
    """A ``RulesetSource`` over directories; our own rulesets are always there.

    A file is read when it is first asked for, and kept.
    """

    def __init__(self, directories: Iterable[Traversable] = ()) -> None:
        self._files: dict[str, dict[str, Traversable]] = {}
        self._documents: dict[tuple[str, str], _Document] = {}
        self._rulesets: dict[tuple[str, str, type[BaseRule]], Ruleset[Any]] = {}
        self.register(files("wct_adapters.rulesets") / "data")
        for directory in directories:
            self.register(directory)

    def register(self, directory: Traversable) -> None:
        """Add the rulesets of a directory; all of them, or on an error none.

        Raises:
            RulesetAlreadyRegisteredError: a name in it is taken, by us or another
                directory. A plugin cannot replace what a runbook means by a name.
            RulesetError: it is not a directory, or holds no ruleset.
        """
        found = _rulesets_in(directory)
        for name in found:
            if name in self._files:
                msg = f"Ruleset '{name}' is already registered"
                raise RulesetAlreadyRegisteredError(msg)
        self._files.update(found)

    def load(
        self, name: str, rule_type: type[RuleT], version: str | None = None
    ) -> Ruleset[RuleT]:
        """See ``RulesetSource.load``."""
        versions = self._files.get(name)
        if not versions:
            known = ", ".join(sorted(self._files))
            msg = f"Ruleset {name} not registered: known are {known}"
            raise RulesetNotFoundError(msg)
        version = version or max(versions, key=_numbers)
        if version not in versions:
            known = ", ".join(sorted(versions, key=_numbers))
            msg = (
                f"Ruleset {name} not registered in version {version}: known are {known}"
            )
            raise RulesetNotFoundError(msg)
        key = (name, version, rule_type)
        if key not in self._rulesets:
            self._rulesets[key] = self._make(name, version, rule_type)
        return cast("Ruleset[RuleT]", self._rulesets[key])

    def list(self) -> tuple[RulesetSummary, ...]:
        """See ``RulesetSource.list``; a broken file is listed with its problem."""
        return tuple(
            self._summary(name, version)
            for name in sorted(self._files)
            for version in sorted(self._files[name], key=_numbers)
        )

    def _make(self, name: str, version: str, rule_type: type[RuleT]) -> Ruleset[RuleT]:
        document = self._document(name, version)
        try:
            data = parse_ruleset(document.content, rule_type)
        except RulesetError as error:
            where = self._files[name][version]
            # A ruleset of another type is not a wrong file: its text is complete.
            if type(error) is not RulesetError:
                raise
            msg = f"Ruleset file {where} is not valid: {error}"
            raise RulesetError(msg) from error
        return Ruleset(data, document.digest)

    def _document(self, name: str, version: str) -> _Document:
        key = (name, version)
        if key not in self._documents:
            file = self._files[name][version]
            document = _read(file)
            _check_identity(file, document, name, version)
            self._documents[key] = document
        return self._documents[key]

    def _summary(self, name: str, version: str) -> RulesetSummary:
        try:
            document = self._document(name, version)
        except RulesetError as error:
            return RulesetSummary(name, version, digest="", problem=str(error))
        rules = _items(document.content, "rules")
        return RulesetSummary(
            name,
            version,
            digest=document.digest,
            rule_type=str(document.content.get("rule_type", "")),
            description=str(document.content.get("description", "")),
            rules=len(rules),
            patterns=sum(len(_items(rule, "patterns")) for rule in rules),
        )


def _rulesets_in(directory: Traversable) -> dict[str, dict[str, Traversable]]:
    if not directory.is_dir():
        msg = f"{directory} is not a directory of rulesets"
        raise RulesetError(msg)
    found: dict[str, dict[str, Traversable]] = {}
    for folder in directory.iterdir():
        if folder.is_dir():
            versions = dict(_versions_in(folder))
            if versions:
                found[folder.name] = versions
    if not found:
        msg = f"{directory} holds no ruleset: expected <name>/<version>/<name>.yaml"
        raise RulesetError(msg)
    return found


def _versions_in(folder: Traversable) -> Iterable[tuple[str, Traversable]]:
    for version in folder.iterdir():
        file = version / f"{folder.name}.yaml"
        if _VERSION.fullmatch(version.name) and file.is_file():
            yield version.name, file


def _items(mapping: Any, key: str) -> list[Any]:
    """Return the list under ``key``; nothing of it was checked yet."""
    if not isinstance(mapping, dict):
        return []
    value = cast("dict[str, Any]", mapping).get(key)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _read(file: Traversable) -> _Document:
    try:
        content = file.read_bytes()
        # Safe: the loader builds plain data only, whatever tags the file holds.
        parsed = yaml.load(content, Loader=yaml.CSafeLoader)
    except OSError as error:
        msg = f"Cannot read ruleset file {file}: {error.strerror}"
        raise RulesetError(msg) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"Invalid YAML in ruleset file {file}: {_problem(error)}"
        raise RulesetError(msg) from error
    if not isinstance(parsed, dict):
        msg = f"Ruleset file {file} is not valid: expected a mapping with name, rules …"
        raise RulesetError(msg)
    digest = hashlib.sha256(content).hexdigest()
    return _Document(digest, cast("dict[str, Any]", parsed))


def _problem(error: Exception) -> str:
    """Put a parser's text, which quotes lines of the file, into one line."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return " ".join(str(error).split())


def _check_identity(
    file: Traversable, document: _Document, name: str, version: str
) -> None:
    said = (document.content.get("name"), document.content.get("version"))
    if said != (name, version):
        msg = (
            f"Ruleset file {file} says {said[0]} {said[1]}: "
            f"its path promises {name} {version}"
        )
        raise RulesetError(msg)
