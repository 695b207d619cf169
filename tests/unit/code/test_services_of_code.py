"""Packages are recognised by their names, and by what is inside of them."""

import pytest
from pydantic import ValidationError

from wct_domain.analysis.code.services import Services
from wct_domain.rulesets.rules import RuleComplianceData
from wct_domain.rulesets.service_integrations import (
    PackageLanguage,
    ServiceIntegrationRule,
)

PACKAGES: dict[PackageLanguage, tuple[str, ...]] = {
    "javascript": ("stripe", "@stripe"),
    "python": ("stripe", "google.cloud.storage"),
    "php": ("Stripe", "stripe/stripe-php"),
    "java": ("com.stripe",),
    "go": ("github.com/stripe/stripe-go",),
    "csharp": ("Stripe",),
    "ruby": ("stripe",),
}


def rule(
    name: str, packages: dict[PackageLanguage, tuple[str, ...]]
) -> ServiceIntegrationRule:
    return ServiceIntegrationRule(
        name=name,
        description="",
        patterns=("api.stripe.com",),
        risk_level="high",
        compliance=[RuleComplianceData(regulation="GDPR", relevance="Article 28")],
        service_category="payment_processing",
        purpose_category="operational",
        packages=packages,
    )


SERVICES = Services([rule("payments", PACKAGES)])


@pytest.mark.parametrize(
    ("language", "name", "package"),
    [
        ("javascript", "stripe", "stripe"),
        ("javascript", "stripe/lib/x", "stripe"),
        ("typescript", "@stripe/stripe-js", "@stripe"),
        ("python", "stripe.error", "stripe"),
        ("python", "google-cloud-storage", "google.cloud.storage"),
        ("python", "google_cloud_storage", "google.cloud.storage"),
        ("python", "google.cloud.storage.Blob", "google.cloud.storage"),
        ("php", "\\Stripe\\StripeClient", "Stripe"),
        ("php", "stripe/stripe-php", "stripe/stripe-php"),
        ("java", "com.stripe.model.Charge", "com.stripe"),
        ("java", "com.stripe:stripe-java", "com.stripe"),
        (
            "go",
            "github.com/stripe/stripe-go/v74/customer",
            "github.com/stripe/stripe-go",
        ),
        ("csharp", "Stripe.Checkout", "Stripe"),
        ("csharp", "Stripe.net", "Stripe"),
        ("ruby", "stripe/util", "stripe"),
    ],
)
def test_a_package_stands_for_all_that_is_in_it(
    language: str, name: str, package: str
) -> None:
    assert [known.package for known in SERVICES.of(language, name)] == [package]


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("javascript", "./stripe"),
        ("javascript", "../lib/stripe"),
        ("python", ".stripe"),
        ("javascript", "pinstripes"),
        ("javascript", "stripes"),
        ("go", "github.com/stripe"),
        ("java", "com.stripes.Belt"),
        ("java", "org.com.stripe"),
        ("cobol", "stripe"),
        ("php", ""),
    ],
)
def test_what_only_looks_like_a_package_is_nobodys(language: str, name: str) -> None:
    assert SERVICES.of(language, name) == []


def test_each_rule_counts_once_with_its_longest_package() -> None:
    services = Services(
        [
            rule("one", {"python": ("google", "google.cloud")}),
            rule("two", {"python": ("google",)}),
        ]
    )
    found = services.of("python", "google.cloud.storage")
    assert [(known.rule.name, known.package) for known in found] == [
        ("one", "google.cloud"),
        ("two", "google"),
    ]


def test_a_language_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="packages"):
        rule("one", {"cobol": ("stripe",)})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # the mistake
