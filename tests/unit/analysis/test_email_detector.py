import pytest

from tests.value_finding import values
from wct_domain.analysis.detectors.email import EMAIL


@pytest.mark.parametrize(
    "address",
    [
        "bob@example.com",
        "BOB@EXAMPLE.COM",
        "bob.o-neil_x+news@mail.example.co.uk",
        "o'brien@example.ie",
        "sean.o'brien@example.ie",
        "x@a-b.example",
        "bob@xn--mnchen-3ya.example",
        "bob@example.xn--p1ai",
        "12345@example.com",
        "bob%40example.com",
        "zoë@example.com",
        "bob@müller.example",
        "иван@пример.рф",
        "a" * 64 + "@example.com",
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<{}>",
        "mail {}.",
        '"{}",',
        "mailto:{}",
        "?email={}&x=1",
        "({})",
        "“{}”",
        "|{}|",
    ],
)
def test_an_address_is_found_in_any_company(address: str, around: str) -> None:
    assert values(EMAIL, around.format(address)) == [address]


def test_addresses_are_found_one_by_one() -> None:
    text = "a@example.com,b@example.com;c@example.org d%40example.org"
    assert values(EMAIL, text) == [
        *("a@example.com", "b@example.com", "c@example.org", "d%40example.org")
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to bob@example.com.", "bob@example.com"),
        ("bob@example.com... or", "bob@example.com"),
        ("f'bob@example.com'", "bob@example.com"),
        ("-bob@example.com", "bob@example.com"),
        ("see...bob@example.com", "bob@example.com"),
        ("%3Cbob@example.com%3E", "bob@example.com"),
        ("bob@example.com:secret", "bob@example.com"),
        ("https://example.com/?to=bob@example.com", "bob@example.com"),
        ("邮箱bob@example.com邮箱", "bob@example.com"),
        ("bob@example.com\N{NO-BREAK SPACE}or", "bob@example.com"),
    ],
)
def test_what_surrounds_an_address_is_no_part_of_it(text: str, address: str) -> None:
    assert values(EMAIL, text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "https://user:secret@example.com/path",
        "postgresql://admin:pa55@db.example.com:5432/shop",
        "ssh://git@example.com/team/project.git",
        "git@example.com:team/project.git",
        "icon@2x.png",
        "header@3x.example.webp",
        "bundle@4.17.21",
        "package@1.2.3-rc.next",
        "v@v1.0.beta",
        "@example.com",
        "bob@",
        "bob@localhost",
        "bob@example.c",
        "bob@example.c0m",
        "bob@-example.com",
        "bob@example..com",
        "bob.@example.com",
        "bob@example.com@example.org",
        "user@example.com_x",
        "matrix@other.transpose(axis)",
        "this@Screen.finishNow",
        "this@screen.finish",
        '"$user@example.com"',
        "%s@example.com",
        "{name}@example.com",
        "b***@e***.com",
        "***@example.com",
        "a" * 65 + "@example.com",
        "@Column.name",
        "3 @ 4.50",
        "a@2x.png\n;\nprénom",
        "“icon@2x.png”",
        "“git@example.com:team/project.git”",
        "“bundle@4.17.21”",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert values(EMAIL, text) == []


def test_bytes_that_are_no_utf_8_end_an_address() -> None:
    data = b"\xff\xfebob@example.com\xe9"
    assert EMAIL.validate(data, 5, 6) == (2, 17)
