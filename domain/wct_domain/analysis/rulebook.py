"""Rules compiled for scanning: which of them match a text, by what, and where."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple

from wct_domain.analysis.evidence import Text
from wct_domain.ports.matching import Hit, MatcherCompiler
from wct_domain.rulesets.rules import RuleT

DETECTOR_PREFIX = "value:"


class Use(NamedTuple):
    """A rule that a term belongs to, and the term's place among its patterns."""

    rule: int
    rank: int


class Match(NamedTuple, Generic[RuleT]):
    """A rule that matched.

    ``patterns`` are what matched: detectors first (``value:email``), because a value
    proves more than a word, then words as the ruleset spells and orders them.
    ``hits`` are those of the first.
    """

    rule: RuleT
    patterns: list[str]
    hits: list[Hit]


class Rulebook(Generic[RuleT]):
    """One matcher for all patterns and values of some rules.

    Immutable after construction, and safe to share between threads.
    """

    def __init__(self, rules: Sequence[RuleT], compiler: MatcherCompiler) -> None:
        """Compile ``rules``.

        Raises:
            RulesetError: a rule asks for a detector that nobody has.
        """
        words = dict.fromkeys(word for rule in rules for word in rule.patterns)
        values = dict.fromkeys(name for rule in rules for name in rule.values)
        matcher = compiler.compile(tuple(words), tuple(values))
        self.rules = tuple(rules)
        self._terms = matcher.terms
        self._uses = _uses(rules, matcher.terms)
        self._scan: Callable[[bytes], list[Hit]] = matcher.scan

    def matches(self, text: Text) -> list[Match[RuleT]]:
        """Return the rules that match ``text``, in the ruleset's order."""
        by_term: dict[int, list[Hit]] = {}
        for hit in self._scan(text.data):
            term = hit[2]
            if term in by_term:
                by_term[term].append(hit)
            else:
                by_term[term] = [hit]
        if not by_term:
            return []
        by_rule: dict[int, list[tuple[int, int]]] = {}
        for term in by_term:
            for rule, rank in self._uses[term]:
                by_rule.setdefault(rule, []).append((rank, term))
        return [
            self._match(rule, sorted(by_rule[rule]), by_term)
            for rule in sorted(by_rule)
        ]

    def hits(self, text: Text) -> Iterator[tuple[RuleT, str, Hit]]:
        """Yield every place of ``text`` at which a rule matches, with the term.

        Rules and their patterns in the ruleset's order, then places in the text's.
        """
        found = [
            (rule, rank, hit)
            for hit in self._scan(text.data)
            for rule, rank in self._uses[hit[2]]
        ]
        for rule, _, hit in sorted(found):
            yield self.rules[rule], self._terms[hit[2]], hit

    def _match(
        self, rule: int, ranked: list[tuple[int, int]], hits: dict[int, list[Hit]]
    ) -> Match[RuleT]:
        patterns = [self._terms[term] for _, term in ranked]
        return Match(self.rules[rule], patterns, hits[ranked[0][1]])


def _uses(
    rules: Sequence[RuleT], terms: tuple[str, ...]
) -> tuple[tuple[Use, ...], ...]:
    by_term: dict[str, list[Use]] = {term: [] for term in terms}
    for number, rule in enumerate(rules):
        detectors = [f"{DETECTOR_PREFIX}{name}" for name in rule.values]
        for rank, term in enumerate(dict.fromkeys([*detectors, *rule.patterns])):
            by_term[term].append(Use(number, rank))
    return tuple(tuple(by_term[term]) for term in terms)
