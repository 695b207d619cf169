from collections.abc import Iterator

import pytest

from wct_domain.analysis.words import FOLD, spellings, stands_alone


def hits(word: str, text: str) -> list[str]:
    """Return where ``word`` stands in ``text``, as it is written there."""
    return [text for _, text in sorted(_hits(word, text.encode()))]


def _hits(word: str, data: bytes) -> Iterator[tuple[int, str]]:
    for spelling in spellings(word):
        start = data.translate(FOLD).find(spelling.folded)
        while start >= 0:
            end = start + len(spelling.folded)
            if spelling.fits(data[start:end]) and stands_alone(data, start, end):
                yield start, data[start:end].decode()
            start = data.translate(FOLD).find(spelling.folded, start + 1)


@pytest.mark.parametrize(
    "text",
    [
        *("email address", "email_address", "email-address", "email.address"),
        *("emailAddress", "EmailAddress", "EMAIL_ADDRESS", "emailaddress"),
        *("EMAILADDRESS", "Email Address", "email\naddress", "email\taddress"),
    ],
)
@pytest.mark.parametrize(
    "pattern", ["email address", "email_address", "email-address", "emailAddress"]
)
def test_a_name_is_found_in_every_case_and_with_every_joiner(
    pattern: str, text: str
) -> None:
    assert hits(pattern, f"the {text}: unknown") == [text]


@pytest.mark.parametrize(
    "text",
    ["email, address", "email  address", "e-mail address", "email/address", "email"],
)
def test_the_parts_of_a_name_are_neighbours(text: str) -> None:
    assert hits("email address", text) == []


@pytest.mark.parametrize(
    "text",
    [
        *("userEmail", "email_to", "emailAddress", '"email":', "email", "(email)"),
        *(
            "<input name=email>",
            "EMAIL_TO",
            "user.email",
            "email2",
            "email_2",
            "$email",
        ),
        *("oauth2Email", "XMLEmail", "Email", "eMail", "USER-EMAIL"),
    ],
)
def test_a_word_stands_alone_inside_an_identifier(text: str) -> None:
    assert [found.lower() for found in hits("email", text)] == ["email"]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("email", "emailing"),
        ("email", "gmailemail"),
        ("email", "EMAILING"),
        ("state", "estate"),
        ("state", "Estate"),
        ("state", "statement"),
        ("age", "page"),
        ("face", "3face9d"),
        ("face", "0face"),
        ("mail", "emailAddress"),
        ("ip", "IPv4"),
        ("card", "IDcard"),
        ("mp3", "mp32"),
    ],
)
def test_a_word_does_not_stand_inside_another(word: str, text: str) -> None:
    assert hits(word, text) == []


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("http", "HTTPServer", "HTTP"),
        ("server", "HTTPServer", "Server"),
        ("id", "userID", "ID"),
        ("user id", "userIDs", "userIDs"),
        ("ip", "IPAddress", "IP"),
        ("address", "IPAddress", "Address"),
        ("address", "address2", "address"),
        ("date of birth", "dateOfBirth", "dateOfBirth"),
        ("date of birth", "date-of_birth", "date-of_birth"),
        ("oauth2", "oauth2Token", "oauth2"),
        ("3d secure", "3DSecure", "3DSecure"),
    ],
)
def test_acronyms_and_digits_have_boundaries(word: str, text: str, found: str) -> None:
    assert hits(word, text) == [found]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("email", "emails"),
        ("email address", "emailAddresses"),
        ("email address", "EMAIL_ADDRESSES"),
        ("identity", "identities"),
        ("day", "days"),
        ("church", "churches"),
        ("tax", "taxes"),
    ],
)
def test_the_plural_of_a_name_is_a_hit_as_a_whole(word: str, text: str) -> None:
    assert hits(word, f"all {text}.") == [text]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("id", "ids"),
        ("as", "ass"),
        ("emails", "email"),
        ("email address", "emails address"),
        ("day", "daies"),
        ("mp3", "mp3s"),
        ("utm_", "utm_s"),
    ],
)
def test_short_words_numbers_and_literals_have_no_plural(word: str, text: str) -> None:
    assert text not in hits(word, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ('name="', '<input name="email">'),
        ("setcookie(", "setcookie(name)"),
        ("SETCOOKIE(", "setCookie(name)"),
        ("$_POST[", "$_POST[email]"),
        ("->get(", "$row->get(id)"),
        ("PDO::", "PDO::query"),
        ("utm_", "utm_source"),
        ("a/b test", "one A/B test"),
    ],
)
def test_a_literal_has_boundaries_only_where_it_ends_in_a_letter_or_digit(
    pattern: str, text: str
) -> None:
    assert [found.lower() for found in hits(pattern, text)] == [pattern.lower()]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("$_POST[", "$ POST["),
        ("$_POST[", "$-post["),
        ("utm_", "utm-source"),
        ("setcookie(", "mysetcookie(name)"),
        ("a/b test", "a/b_test"),
    ],
)
def test_a_literal_is_found_only_with_its_own_characters(
    pattern: str, text: str
) -> None:
    assert hits(pattern, text) == []


def test_a_pattern_that_begins_with_a_capital_is_one_word() -> None:
    assert hits("LinkedIn", "LinkedIn, linkedin, LINKEDIN") == [
        *("LinkedIn", "linkedin", "LINKEDIN")
    ]
    assert hits("LinkedIn", "linked in, linked_in") == []


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("prénom", "PRÉNOM"),
        ("prénom", "Prénom"),
        ("PRÉNOM", "prénom"),
        ("prénom", "pre\u0301nom"),
        ("pre\u0301nom", "prénom"),
        ("prénom", "prénoms"),
        ("straße", "STRASSE"),
        ("größe", "GRÖSSE"),
        ("nom étudiant", "nomÉtudiant"),
        ("όνομα", "ΌΝΟΜΑ"),
        ("дата рождения", "Дата Рождения"),
        ("電話", "電話番号"),
        ("email", "メールemailアドレス"),
    ],
)
def test_letters_beyond_ascii_are_found_in_every_case(word: str, text: str) -> None:
    assert len(hits(word, text)) == 1


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("nom", "prénom"),
        ("pr", "prénom"),
        ("email", "emailé"),
        ("email", "éemail"),
        ("prenom", "prénom"),
        ("e", "e\u0301"),
        ("mail", "Жmail"),
    ],
)
def test_letters_beyond_ascii_are_letters_at_a_boundary(word: str, text: str) -> None:
    assert hits(word, text) == []


def test_bytes_that_are_no_utf_8_are_no_letters() -> None:
    assert stands_alone(b"\xe9mail\xff", 1, 5)
    assert stands_alone(b"\xf0\x9fmail\x80\x80\x80\x80\x80", 2, 6)


def test_humps_of_encoded_data_are_no_boundaries() -> None:
    noise = "qT9xIpK2vRb7LwZc4NfIpY"
    assert hits("ip", noise) == []
    assert hits("ip", f"{noise} getUserIpFromRequestHeaders") == ["Ip"]
    assert hits("ip", f"{noise}=ip") == ["ip"]


def test_a_long_name_costs_no_more_spellings_than_it_has_sense() -> None:
    assert len(spellings(" ".join(["word"] * 6))) == 2 * 2**5
    assert len(spellings(" ".join(["word"] * 30))) == 2 * 2
