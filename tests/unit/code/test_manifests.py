"""Packages are read from the files that tell package managers of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.analysis.code.manifests import Dependency, manifest

_NPM = """\
{"name": "stripe",
 "dependencies": {
  "stripe": "^17",
  "@sentry/node": "8"},
 "devDependencies": {"vitest": "3"}}
"""
_COMPOSER = """\
{"require": {
  "php": ">=8.2",
  "ext-json": "*",
  "stripe/stripe-php": "^16"}}
"""
_PYPROJECT = """\
[project]
dependencies = [
  'stripe>=11',
]
[dependency-groups]
test = ['pytest', {include-group = 'x'}]
[project.optional-dependencies]
mail = ['sendgrid ~= 6']
"""
_POETRY = """\
[tool.poetry.dependencies]
python = '^3.11'
boto3 = '*'
[tool.poetry.group.dev.dependencies]
moto = '5'
"""
_GO = """\
module shop

require (
\tgithub.com/stripe/stripe-go/v74 v74.0.0
)
require golang.org/x/oauth2 v0.20.0 // indirect
"""
_MAVEN = """\
<project><groupId>shop</groupId><artifactId>desk</artifactId>
<dependencies>
<dependency>
<groupId>com.stripe</groupId>
<artifactId>stripe-java</artifactId></dependency></dependencies></project>
"""
CASES = [
    (
        "web/package.json",
        _NPM,
        "javascript",
        [("stripe", 3), ("@sentry/node", 4), ("vitest", 5)],
    ),
    (
        "composer.json",
        _COMPOSER,
        "php",
        [("stripe/stripe-php", 4)],
    ),
    (
        "requirements-dev.txt",
        "# stripe\nstripe==11.1\n-r base.txt\n\nboto3[crt]>=1 ; python_version > '3'\n",
        "python",
        [("stripe", 2), ("boto3", 5)],
    ),
    (
        "pyproject.toml",
        _PYPROJECT,
        "python",
        [("stripe", 3), ("sendgrid", 8), ("pytest", 6)],
    ),
    (
        "pyproject.toml",
        _POETRY,
        "python",
        [("boto3", 3), ("moto", 5)],
    ),
    (
        "go.mod",
        _GO,
        "go",
        [("github.com/stripe/stripe-go/v74", 4), ("golang.org/x/oauth2", 6)],
    ),
    (
        "pom.xml",
        _MAVEN,
        "java",
        [("com.stripe:stripe-java", 3)],
    ),
    (
        "build.gradle.kts",
        'dependencies {\n  implementation("com.stripe:stripe-java:28.0")\n}\n',
        "java",
        [("com.stripe:stripe-java", 2)],
    ),
    (
        "Gemfile",
        "source 'https://rubygems.org'\ngem 'stripe', '~> 13'\n# gem 'koala'\n",
        "ruby",
        [("stripe", 2)],
    ),
    (
        "shop.gemspec",
        "Gem::Specification.new do |s|\n  s.add_dependency 'stripe'\nend\n",
        "ruby",
        [("stripe", 2)],
    ),
    (
        "Shop.csproj",
        '<ItemGroup>\n<PackageReference Include="Stripe.net" Version="47" />\n',
        "csharp",
        [("Stripe.net", 2)],
    ),
    (
        "packages.config",
        '<packages>\n<package id="Twilio" version="7" />\n',
        "csharp",
        [("Twilio", 2)],
    ),
]
NAMES = sorted({path for path, *_ in CASES})


@pytest.mark.parametrize(("path", "text", "language", "expected"), CASES)
def test_packages_are_named_with_their_lines(
    path: str, text: str, language: str, expected: list[tuple[str, int]]
) -> None:
    found = manifest(path, text)
    assert found is not None
    assert found.language == language
    assert found.dependencies == [Dependency(*each) for each in expected]


@pytest.mark.parametrize("path", ["package.json.bak", "a.json", "requirements", "x.py"])
def test_other_files_are_no_manifests(path: str) -> None:
    assert manifest(path, "{}") is None


def test_the_folder_may_be_written_as_on_windows() -> None:
    assert manifest("web\\package.json", "{}") is not None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", "{"),
        ("package.json", "[]"),
        ("package.json", "[" * 100_000),
        ("pyproject.toml", "= 1"),
    ],
)
def test_what_is_not_written_as_it_should_be_is_refused(path: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        manifest(path, text)


def test_odd_values_name_no_packages() -> None:
    text = '{"dependencies": ["a"], "devDependencies": {"b": null}}'
    found = manifest("package.json", text)
    assert found is not None
    assert [each.name for each in found.dependencies] == ["b"]
    assert manifest("pyproject.toml", "project = 1\ntool = [1]") is not None


@given(name=st.sampled_from(NAMES), text=st.text())
def test_no_text_does_worse_than_being_refused(name: str, text: str) -> None:
    try:
        found = manifest(name, text)
    except ValueError:
        return
    assert found is not None
    lines = text.count("\n") + 1
    assert all(1 <= each.line <= lines for each in found.dependencies)
