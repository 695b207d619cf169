"""What the three analyses make of items and rules: shapes, order, counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.plain_matching import PlainMatcherCompiler
from wct_domain.analysis import data_subjects, personal_data, processing_purposes
from wct_domain.analysis.items import Item
from wct_domain.analysis.reporting import Reporting
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.findings import (
    DataSubjectFinding,
    PersonalDataFinding,
    ProcessingPurposeFinding,
)
from wct_domain.rulesets.data_subjects import DataSubjectRule
from wct_domain.rulesets.personal_data import PersonalDataRule
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule
from wct_domain.rulesets.rules import RuleComplianceData

AT = datetime(2026, 3, 1, 12, tzinfo=UTC).isoformat()
GDPR = RuleComplianceData(regulation="GDPR", relevance="Article 4(1)")
SHORT = Reporting("small", 2, AT)


def item(text: str, source: str = "a.txt", connector: str = "filesystem") -> Item:
    return Item(text, source, connector)


PROFILE = PersonalDataRule(
    name="Profile",
    description="",
    patterns=("surname", "mail"),
    values=("email",),
    risk_level="medium",
    compliance=[GDPR],
    data_type="basic_profile",
)
HEALTH = PersonalDataRule(
    name="Health",
    description="",
    patterns=("diagnosis",),
    risk_level="high",
    compliance=[GDPR],
    data_type="health_data",
    special_category=True,
)


def found_personal_data(*scanned: Item) -> list[dict[str, Any]]:
    book = Rulebook((PROFILE, HEALTH), PlainMatcherCompiler())
    return list(personal_data.personal_data(scanned, book, SHORT))


def test_a_personal_data_finding_has_the_contract_s_keys_in_its_order() -> None:
    (finding,) = found_personal_data(item("the surname of bob@example.com"))
    assert list(finding.items()) == [
        ("risk_level", "medium"),
        ("compliance", [{"regulation": "GDPR", "relevance": "Article 4(1)"}]),
        (
            "evidence",
            [
                {
                    "content": "the surname of bob@example.com",
                    "collection_timestamp": "2026-03-01T12:00:00+00:00",
                    "line": 1,
                    "column": 16,
                }
            ],
        ),
        ("matched_patterns", ["value:email", "surname"]),
        ("type", "Profile"),
        ("data_type", "basic_profile"),
        ("special_category", False),
        ("metadata", {"source": "a.txt"}),
    ]
    assert PersonalDataFinding.model_validate(finding).type == "Profile"


def test_evidence_of_a_text_has_the_line_and_the_column_of_its_match() -> None:
    (finding,) = found_personal_data(item("é, a surname\n  of bob@example.com"))

    (evidence,) = finding["evidence"]
    assert (evidence["line"], evidence["column"]) == (2, 6)
    read = PersonalDataFinding.model_validate(finding).evidence[0]
    assert read.model_extra == {"line": 2, "column": 6}


def test_evidence_of_a_cell_has_its_row_if_that_is_known() -> None:
    (known,) = found_personal_data(Item("bob@example.com", "t", "", True, 7))
    (unknown,) = found_personal_data(Item("bob@example.com", "t", "", True))

    assert known["evidence"][0]["row_id"] == 7
    assert unknown["evidence"][0].keys() == {"content", "collection_timestamp"}


def test_there_is_one_finding_per_item_and_rule() -> None:
    findings = found_personal_data(
        item("surname, diagnosis, surname", "a"),
        item("nothing", "b"),
        item("diagnosis", "c"),
    )
    assert [(each["metadata"]["source"], each["type"]) for each in findings] == [
        ("a", "Profile"),
        ("a", "Health"),
        ("c", "Health"),
    ]


def test_evidence_is_of_the_first_matched_pattern_and_limited() -> None:
    apart = " " + "-" * 120 + " "
    text = apart.join(["mail", "1 surname", "2 surname", "3 surname"])
    (finding,) = found_personal_data(item(text))
    assert finding["matched_patterns"] == ["surname", "mail"]
    shown = [each["content"].strip(". -") for each in finding["evidence"]]
    assert shown == ["1 surname", "2 surname"]


def test_findings_share_no_part_that_a_reader_could_change() -> None:
    one, other = found_personal_data(item("surname"), item("surname"))
    one["compliance"][0]["regulation"] = "changed"
    assert other["compliance"][0]["regulation"] == "GDPR"


def test_personal_data_is_counted_by_risk_and_special_category() -> None:
    findings = found_personal_data(item("surname"), item("diagnosis"), item("surname"))
    assert personal_data.summary(findings) == {
        "total_findings": 3,
        "high_risk_count": 1,
        "special_category_count": 1,
    }


def purpose(name: str, pattern: str, category: str, risk: str) -> ProcessingPurposeRule:
    return ProcessingPurposeRule.model_validate(
        {
            "name": name,
            "description": "",
            "patterns": [pattern],
            "risk_level": risk,
            "compliance": [GDPR],
            "purpose_category": category,
        }
    )


def found_purposes(*scanned: Item) -> list[dict[str, Any]]:
    rules = (
        purpose("Support", "ticket", "operational", "low"),
        purpose("Marketing", "campaign", "marketing", "high"),
        purpose("Odd", "oddity", " ", "low"),
    )
    book = Rulebook(rules, PlainMatcherCompiler())
    return list(processing_purposes.processing_purposes(scanned, book, SHORT))


def test_a_purpose_finding_has_the_contract_s_keys_in_its_order() -> None:
    (finding,) = found_purposes(item("a ticket"))
    assert list(finding) == [
        "risk_level",
        "compliance",
        "evidence",
        "matched_patterns",
        "purpose",
        "purpose_category",
        "metadata",
    ]
    assert finding["purpose"] == "Support"
    assert finding["purpose_category"] == "operational"
    assert ProcessingPurposeFinding.model_validate(finding).service_category is None


def test_purposes_are_counted_by_category_and_risk() -> None:
    findings = found_purposes(
        item("ticket"), item("campaign for a ticket"), item("oddity")
    )
    counts = processing_purposes.summary(findings)
    assert counts == {
        "total_findings": 4,
        "purposes_identified": 3,
        "high_risk_count": 1,
        "purpose_categories": {"marketing": 1, "operational": 2, "uncategorised": 1},
        "risk_level_distribution": {"low": 3, "medium": 0, "high": 1},
    }
    assert list(counts["purpose_categories"]) == sorted(counts["purpose_categories"])


def test_a_summary_of_nothing_counts_nothing() -> None:
    assert processing_purposes.summary([])["risk_level_distribution"] == {
        "low": 0,
        "medium": 0,
        "high": 0,
    }


def subject(
    category: str, pattern: str, weight: int, *contexts: str
) -> DataSubjectRule:
    return DataSubjectRule(
        name=f"{category}_{pattern}_indicators",
        description="",
        patterns=(pattern,),
        risk_level="low",
        subject_category=category,
        indicator_type="primary",
        confidence_weight=weight,
        applicable_contexts=contexts or ("database", "filesystem"),
    )


SUBJECTS = (
    subject("customer", "customer", 45),
    subject("employee", "payroll", 25),
    subject("customer", "order", 50),
    subject("customer", "cart", 20, "filesystem"),
    subject("patient", "ward", 40, "database"),
)


def found_subjects(*scanned: Item) -> list[dict[str, Any]]:
    book = Rulebook(SUBJECTS, PlainMatcherCompiler())
    return list(data_subjects.data_subjects(scanned, book, SHORT))


def test_a_data_subject_finding_has_the_contract_s_keys_in_its_order() -> None:
    (finding,) = found_subjects(item("customer"))
    assert list(finding.items()) == [
        ("risk_level", "medium"),
        (
            "compliance",
            [
                {
                    "regulation": "GDPR",
                    "relevance": "Article 30(1)(c) data subject categories",
                }
            ],
        ),
        ("evidence", [{"content": "customer", "collection_timestamp": AT}]),
        ("matched_patterns", ["customer"]),
        ("primary_category", "customer"),
        ("confidence_score", 45),
        ("modifiers", []),
        ("metadata", {"source": "a.txt"}),
    ]
    assert DataSubjectFinding.model_validate(finding).confidence_score == 45


def test_rules_of_one_category_make_one_finding_and_add_their_weights() -> None:
    customer, employee = found_subjects(item("an order, a customer, payroll"))
    assert customer["primary_category"] == "customer"
    assert customer["confidence_score"] == 95
    assert customer["matched_patterns"] == ["customer", "order"]
    assert employee["confidence_score"] == 25


def test_confidence_ends_at_100() -> None:
    (finding,) = found_subjects(item("customer, order, cart"))
    assert finding["confidence_score"] == 100


def test_a_rule_looks_at_data_of_its_contexts_only() -> None:
    assert found_subjects(item("cart", connector="sqlite_connector")) == []
    assert found_subjects(item("ward", connector="filesystem_connector")) == []
    assert len(found_subjects(item("ward", connector="sqlite_connector"))) == 1


@pytest.mark.parametrize(
    ("connector", "context"),
    [
        ("mysql", "database"),
        ("mysql_connector", "database"),
        ("sqlite", "database"),
        ("sqlite_connector", "database"),
        ("postgresql", "database"),
        ("postgresql_connector", "database"),
        ("postgres_connector", "database"),
        ("filesystem", "filesystem"),
        ("filesystem_connector", "filesystem"),
        ("source_code", "source_code"),
        ("source_code_connector", "source_code"),
        ("database", "database"),
        ("my_connector", "my_connector"),
        ("", ""),
    ],
)
def test_connectors_are_known_by_short_name_and_component_name(
    connector: str, context: str
) -> None:
    assert data_subjects.context_of(connector) == context


def test_items_that_no_rule_looks_at_are_counted() -> None:
    scanned = [item("a"), item("b", connector="s3"), item("c", connector="")]
    assert data_subjects.unknown_contexts(scanned, SUBJECTS) == 2


def test_categories_are_listed_once_and_sorted() -> None:
    findings = found_subjects(item("payroll"), item("customer"), item("payroll"))
    assert data_subjects.summary(findings) == {
        "total_classifications": 3,
        "categories_identified": ["customer", "employee"],
    }
