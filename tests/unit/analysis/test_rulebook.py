from tests.plain_matching import PlainMatcherCompiler
from wct_domain.analysis.evidence import Text
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.rulesets.rules import BaseRule


def rule(name: str, *patterns: str, values: tuple[str, ...] = ()) -> BaseRule:
    return BaseRule(
        name=name, description="", patterns=patterns, values=values, risk_level="low"
    )


def matches(text: str, *rules: BaseRule) -> list[tuple[str, list[str], list[str]]]:
    """Return rule, patterns, and the pieces of text that the hits are."""
    found = Rulebook(rules, PlainMatcherCompiler()).matches(Text(text))
    data = text.encode()
    return [
        (
            match.rule.name,
            match.patterns,
            [data[hit.start : hit.end].decode() for hit in match.hits],
        )
        for match in found
    ]


def test_patterns_are_listed_in_the_order_of_the_rule_not_of_the_text() -> None:
    assert matches("zip, city, street", rule("place", "street", "city", "town")) == [
        ("place", ["street", "city"], ["street"])
    ]


def test_rules_come_in_the_order_of_the_ruleset() -> None:
    found = matches("one two", rule("second", "two"), rule("first", "one"))
    assert [name for name, _, _ in found] == ["second", "first"]


def test_every_hit_of_the_first_pattern_is_there_for_evidence() -> None:
    assert matches("a b a B", rule("r", "b", "a")) == [("r", ["b", "a"], ["b", "B"])]


def test_a_value_goes_before_words_because_it_proves_more() -> None:
    contact = rule("contact", "mail", values=("ipv4", "email"))
    assert matches("mail to bob@example.com", contact) == [
        ("contact", ["value:email", "mail"], ["bob@example.com"])
    ]


def test_a_pattern_may_belong_to_several_rules() -> None:
    found = matches("phone", rule("a", "phone"), rule("b", "x", "phone"))
    assert found == [("a", ["phone"], ["phone"]), ("b", ["phone"], ["phone"])]


def test_a_pattern_that_a_rule_repeats_is_reported_once() -> None:
    assert matches("phone", rule("a", "phone", "phone")) == [
        ("a", ["phone"], ["phone"])
    ]


def test_nothing_found_is_no_match() -> None:
    assert matches("nothing", rule("a", "phone")) == []
