"""Purposes in source code: which rules meet, and where."""

from typing import Any, get_args

import pytest

from tests import code_reading
from tests.analysing import NOON, SCHEMAS, container, item
from tests.code_reading import FIRST, LATEST
from wct_adapters.analysers.processing_purpose import ProcessingPurposeAnalyserFactory
from wct_adapters.rulesets.loader import YamlRulesets
from wct_domain.analysis.masking import mask_content
from wct_domain.context import StepContext, working_in
from wct_domain.message import Message
from wct_domain.rulesets.data_collection import DataCollectionRule, SqlStatement
from wct_domain.rulesets.service_integrations import (
    PackageLanguage,
    ServiceIntegrationRule,
)
from wct_domain.schemas import Schema

FINDINGS = Schema("processing_purpose_finding", "1.0.0", SCHEMAS)
RULESETS = YamlRulesets()
SERVICES = RULESETS.load("service_integrations", ServiceIntegrationRule).get_rules()
COLLECTION = RULESETS.load("data_collection", DataCollectionRule).get_rules()

Finding = dict[str, Any]


def purposes(*items: dict[str, Any], output: Schema = LATEST) -> Message:
    code = code_reading.analysed(*items, output=output)
    with working_in(StepContext(at=NOON, seed=0)):
        analyser = ProcessingPurposeAnalyserFactory(container()).create({})
        return analyser.process(output, FINDINGS, code)


def found(name: str, text: str) -> list[Finding]:
    return list(purposes(item(text, name)).content["findings"])


def seen(name: str, text: str) -> set[tuple[str, str, str, int]]:
    """Return purpose, pattern, evidence and line of each finding."""
    return {
        (
            each["purpose"],
            each["matched_patterns"][0],
            each["evidence"][0]["content"],
            each["evidence"][0]["line"],
        )
        for each in found(name, text)
    }


def test_a_purpose_is_found_by_words_with_its_line() -> None:
    (finding,) = found("shop/mail.py", "x = 1\nsend_newsletter()  # é\n")
    assert finding == {
        "risk_level": "medium",
        "compliance": finding["compliance"],
        "evidence": [
            {
                "content": "Line 2: send_newsletter()  # é",
                "collection_timestamp": NOON.isoformat(),
                "file_path": "shop/mail.py",
                "line": 2,
                "column": 6,
            }
        ],
        "matched_patterns": ["newsletter"],
        "purpose": "Consumer Marketing Within Owned Products",
        "purpose_category": "marketing_and_advertising",
        "metadata": {"source": "shop/mail.py"},
    }


def test_a_line_is_reported_once_for_each_rule_and_pattern() -> None:
    text = "newsletter = newsletter or newsletter\nnewsletter\n"
    lines = [each["evidence"][0]["line"] for each in found("a.py", text)]
    assert lines == [1, 2]


def test_of_a_long_line_only_what_is_around_the_match_is_shown() -> None:
    text = f"a = '{'x ' * 5000}newsletter{' y' * 5000}'"
    (finding,) = found("a.js", text)
    shown = finding["evidence"][0]["content"]
    assert shown.startswith("Line 1: ...")
    assert len(shown) < 300
    assert finding["evidence"][0]["column"] == 10_006


@pytest.mark.parametrize(
    ("name", "text", "module"),
    [
        ("a.php", "<?php\nuse Stripe\\StripeClient;", "Stripe\\StripeClient"),
        ("a.js", "\nimport { load } from '@stripe/stripe-js';", "@stripe/stripe-js"),
        ("a.ts", "\nconst s = require('stripe');", "stripe"),
        ("a.py", "\nimport stripe", "stripe"),
        ("A.java", "\nimport com.stripe.model.Charge;", "com.stripe.model.Charge"),
        (
            "a.go",
            'package a\nimport "github.com/stripe/stripe-go/v74"',
            "github.com/stripe/stripe-go/v74",
        ),
        ("A.cs", "\nusing Stripe.Checkout;", "Stripe.Checkout"),
        ("a.rb", "\nrequire 'stripe'", "stripe"),
    ],
)
def test_a_service_is_found_by_its_import_in_every_language(
    name: str, text: str, module: str
) -> None:
    (finding,) = [each for each in found(name, text) if "service_category" in each]
    assert finding["purpose"] == "Payment Processing Services"
    assert finding["service_category"] == "payment_processing"
    assert finding["purpose_category"] == "operational"
    (evidence,) = finding["evidence"]
    assert evidence["content"] == f"Import: {module}"
    assert evidence["line"] == 2


def test_what_is_imported_from_a_module_tells_the_package() -> None:
    assert (
        "Cloud Infrastructure Services",
        "google.cloud.storage",
        "Import: google.cloud.storage",
        1,
    ) in seen("a.py", "from google.cloud import storage")


def test_a_service_is_found_by_its_address() -> None:
    assert (
        "user_analytics",
        "api.mixpanel.com",
        "Line 1: fetch('https://api.mixpanel.com/track');",
        1,
    ) in seen("a.js", "fetch('https://api.mixpanel.com/track');")


def test_a_service_is_not_found_by_a_bare_word() -> None:
    text = "stripe = 'twilio'  # mixpanel\nclass Stripe: pass\ndef sendgrid(): pass\n"
    assert not any(each.get("service_category") for each in found("a.py", text))


def test_a_service_is_found_in_a_manifest() -> None:
    text = '{"dependencies": {\n"@sentry/node": "8"}}'
    (finding,) = purposes(item(text, "web/package.json")).content["findings"]
    assert finding["purpose"] == "user_analytics"
    assert finding["matched_patterns"] == ["@sentry"]
    assert finding["evidence"][0]["content"] == "Dependency: @sentry/node"
    assert finding["evidence"][0]["file_path"] == "web/package.json"
    assert finding["evidence"][0]["line"] == 2
    assert finding["metadata"] == {"source": "web/package.json"}


def test_sql_is_found_where_a_literal_is_a_statement() -> None:
    text = "x = 1\nrun('''select name\nfrom customers''')\nsay('select a size')\n"
    assert seen("a.py", text) == {
        ("SQL Database Queries", "select", "Line 2: select name from customers", 2)
    }


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("a.php", "<?php $a = $_POST['email'];", "PHP POST Data Collection"),
        ("a.php", "<?php $a = $_GET['q'];", "PHP GET Parameter Collection"),
        ("a.php", "<?php setcookie('a', 1);", "PHP Cookie Access"),
        ("a.php", "<?php $_SESSION['a'] = 1;", "PHP Session Data Access"),
        ("a.phtml", "<form method=post>", "HTML Form Input Fields"),
        ("a.js", "localStorage.setItem('a', 1)", "JavaScript Client Storage"),
        ("a.ts", "document.cookie = 'a=1'", "JavaScript Client Storage"),
        ("a.php", "<?php move_uploaded_file($a, $b);", "File Upload Processing"),
        ("a.php", "<?php $db = new PDO($dsn);", "Database Connections and ORM"),
        ("a.py", "engine = create_engine(url)", "Database Connections and ORM"),
        ("a.py", "a = request.form['a']", "Request Body Data Collection"),
        ("a.js", "const a = req.body", "Request Body Data Collection"),
        (
            "A.java",
            "String a = request.getParameter(b);",
            "Request Parameter Collection",
        ),
        ("a.go", "var a, _ = r.Cookie(b)", "Server Cookie Access"),
        ("a.rb", "session[:user] = 1", "Server Session Data Access"),
    ],
)
def test_ways_of_collecting_data_are_found(name: str, text: str, rule: str) -> None:
    collecting = [each for each in found(name, text) if "collection_type" in each]
    assert [each["purpose"] for each in collecting] == [rule]
    assert collecting[0]["purpose_category"] == "operational"
    assert collecting[0]["data_source"]


def test_without_literals_the_first_version_is_analysed_as_well() -> None:
    text = "<?php\nuse Razorpay\\Api;\n$a = $_POST['email'];\n$b = 'newsletter';\n"
    findings = purposes(item(text, "a.php"), output=FIRST).content["findings"]
    assert [each["purpose"] for each in findings] == [
        "Consumer Marketing Within Owned Products",
        "PHP POST Data Collection",
        "Payment Processing Services",
    ]


def test_findings_are_counted_as_those_of_texts_are() -> None:
    content = purposes(item("<?php $_POST['newsletter'];", "a.php")).content
    assert content["summary"] == {
        "total_findings": 2,
        "purposes_identified": 2,
        "high_risk_count": 0,
        "purpose_categories": {"marketing_and_advertising": 1, "operational": 1},
        "risk_level_distribution": {"low": 0, "medium": 2, "high": 0},
    }
    chain = content["analysis_metadata"]["analyses_chain"]
    assert [(each["order"], each["analyser"]) for each in chain] == [
        (1, "source_code_analyser"),
        (2, "processing_purpose_analyser"),
    ]


def test_a_result_says_how_much_of_the_code_was_read() -> None:
    broken = item("<?php\n$b = = 3;", "b.php")
    content = purposes(item("<?php", "a.php"), broken, item("{", "package.json"))
    assert content.content["analysis_metadata"]["code_read"] == {
        "files": 2,
        "files_with_gaps": 1,
        "unreadable": 1,
        "truncated": False,
    }


def test_masked_evidence_shows_the_pattern_and_where_it_stands() -> None:
    text = "mail('ann@example.com', 'newsletter')"
    content = purposes(item(text, "of_(ann@example.com).py")).content
    schema = SCHEMAS.load(FINDINGS.name, FINDINGS.version)
    masked = mask_content(schema, content)
    (finding,) = masked["findings"]
    (evidence,) = finding["evidence"]
    assert evidence["content"] == "…newsletter…"
    assert evidence["file_path"] == "of_(a***@e***.com).py"
    assert evidence["line"] == 1


def test_the_service_rules_are_those_of_the_contract() -> None:
    rules = [
        (rule.name, rule.service_category, rule.purpose_category, rule.risk_level)
        for rule in SERVICES
    ]
    assert rules == [
        (
            "Cloud Infrastructure Services",
            "cloud_infrastructure",
            "operational",
            "medium",
        ),
        ("Communication Services", "communication", "operational", "medium"),
        ("Identity Management Services", "identity_management", "operational", "high"),
        ("Payment Processing Services", "payment_processing", "operational", "high"),
        ("user_analytics", "user_analytics", "analytics", "medium"),
        ("social_media", "social_media", "marketing_and_advertising", "medium"),
    ]


def test_the_first_collection_rules_are_those_of_the_contract() -> None:
    rules = [
        (rule.name, rule.collection_type, rule.data_source, rule.risk_level)
        for rule in COLLECTION[:9]
    ]
    assert rules == [
        ("PHP POST Data Collection", "form_data", "http_post", "medium"),
        ("PHP GET Parameter Collection", "url_parameters", "http_get", "medium"),
        ("PHP Cookie Access", "cookies", "browser_cookies", "medium"),
        ("PHP Session Data Access", "session_data", "server_session", "medium"),
        ("HTML Form Input Fields", "html_forms", "html_form", "low"),
        (
            "JavaScript Client Storage",
            "client_storage",
            "browser_javascript",
            "medium",
        ),
        ("File Upload Processing", "file_upload", "uploaded_files", "high"),
        ("SQL Database Queries", "database_query", "database", "high"),
        ("Database Connections and ORM", "database_connection", "database", "medium"),
    ]


def test_every_language_has_packages() -> None:
    languages = {language for rule in SERVICES for language in rule.packages}
    assert languages == {*get_args(PackageLanguage)}


def test_no_package_belongs_to_two_services() -> None:
    packages = [
        (language, package.lower())
        for rule in SERVICES
        for language, names in rule.packages.items()
        for package in names
    ]
    assert len(packages) == len(set(packages))


def test_every_statement_of_a_rule_can_be_found() -> None:
    verbs = {verb for rule in COLLECTION for verb in rule.statements}
    assert verbs == {*get_args(SqlStatement)}


def test_no_pattern_of_collection_belongs_to_two_rules() -> None:
    patterns = [each.lower() for rule in COLLECTION for each in rule.patterns]
    assert len(patterns) == len(set(patterns))
