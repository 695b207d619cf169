from hypothesis import given
from hypothesis import strategies as st

from wct_domain.analysis.evidence import WINDOWS, Text, excerpts


def spans_of(text: str, term: str) -> list[tuple[int, int, int]]:
    data, wanted = text.encode(), term.encode()
    found: list[tuple[int, int, int]] = []
    start = data.find(wanted)
    while start >= 0:
        found.append((start, start + len(wanted), 0))
        start = data.find(wanted, start + 1)
    return found


def cut(text: str, term: str, width: int = 5, most: int = 3) -> list[str]:
    found = excerpts(Text(text), spans_of(text, term), width, most)
    return [each.content for each in found]


def test_windows_are_50_100_and_200_characters_on_each_side() -> None:
    assert WINDOWS == {"small": 50, "medium": 100, "large": 200}


def test_an_excerpt_has_the_window_on_each_side_of_the_match() -> None:
    assert cut("0123456789 term 9876543210", "term") == ["...6789 term 9876..."]


def test_dots_stand_only_where_something_was_cut_off() -> None:
    assert cut("a term z", "term") == ["a term z"]
    assert cut("a term 9876543210", "term") == ["a term 9876..."]
    assert cut("0123456789 term z", "term") == ["...6789 term z"]


def test_white_space_at_the_ends_is_cut_off() -> None:
    assert cut("abcdef\n\n   term   \n\nabcdef", "term") == ["...term..."]


def test_windows_count_characters_whatever_their_size_in_bytes() -> None:
    assert cut("ąęłżźćńśó żółw term 日本語日本語日本語", "term") == [
        "...żółw term 日本語日..."
    ]


def test_a_letter_that_changes_its_length_with_its_case_moves_nothing() -> None:
    # In lower case İ has two characters: offsets of a lower-cased copy would drift.
    assert cut("İİİİİİİİ term z", "term", width=2) == ["...İ term z"]


def test_equal_excerpts_count_once_and_further_matches_are_looked_at() -> None:
    text = "same term same\n" * 3 + "other term here"
    assert len(cut(text, "term", width=4, most=2)) == 2


def test_overlapping_windows_are_all_kept() -> None:
    assert len(cut("term term term", "term", width=5)) == 3


def test_excerpts_are_sorted_by_their_text() -> None:
    assert cut("zz term,  aa term", "term", width=3) == ["...aa term", "zz term,..."]


def test_an_excerpt_that_occurs_twice_begins_where_it_is_first() -> None:
    text = "same term same\n" * 3

    assert excerpts(Text(text), spans_of(text, "term"), 4, 3)[0].start == 5


@given(
    st.text("ab\né☂", max_size=60),
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
)
def test_a_place_is_told_in_lines_and_characters_whatever_was_asked_before(
    content: str, wanted: list[int]
) -> None:
    text = Text(content)
    for each in wanted:
        before = content[:each]
        start = len(before.encode())

        place = text.place(start)

        *_, last = before.split("\n")
        assert place == (before.count("\n") + 1, len(last) + 1)


def test_no_more_excerpts_than_wanted() -> None:
    text = " ".join(f"term{number}" for number in range(100))
    assert len(cut(text, "term", most=20)) == 20


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    text = Text("a \ud800 term")
    assert text.excerpt(4, 8, 10) == "a ? term"


@given(st.text(max_size=60), st.text(max_size=60), st.integers(1, 30))
def test_an_excerpt_shows_the_match_with_its_neighbours(
    before: str, after: str, width: int
) -> None:
    before, after = (
        part.encode("utf-8", "replace").decode() for part in (before, after)
    )
    whole = f"{before}☂{after}"
    start = len(before.encode())

    excerpt = Text(whole).excerpt(start, start + len("☂".encode()), width)

    middle = f"{before[-width:]}☂{after[:width]}".strip()
    opening = "..." if len(before) > width else ""
    closing = "..." if len(after) > width else ""
    assert excerpt == f"{opening}{middle}{closing}"


@given(st.text(st.characters(codec="ascii")), st.integers(0, 80), st.integers(1, 30))
def test_the_short_cut_for_ascii_cuts_as_the_long_way(
    content: str, at: int, width: int
) -> None:
    short, long = Text(content), Text(content)
    long._ascii = None  # pyright: ignore[reportPrivateUsage]  # the way not taken
    start, end = min(at, len(content)), min(at + 3, len(content))
    assert short.excerpt(start, end, width) == long.excerpt(start, end, width)
