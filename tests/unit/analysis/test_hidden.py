"""Content whose schema nobody has."""

from wct_domain.analysis.hidden import hide_content


def test_no_text_and_no_large_number_is_shown() -> None:
    content = {
        "oldest": "2001-01-01 Hans Mueller, diagnosed with depression",
        "count": 12,
        "phone": 491711234567,
        "nested": [{"ok": True, "none": None, "rate": 0.5, "text": ""}],
    }
    assert hide_content(content) == {
        "oldest": "… (50 characters)",
        "count": 12,
        "phone": "… (12 characters)",
        "nested": [{"ok": True, "none": None, "rate": 0.5, "text": ""}],
    }


def test_hiding_twice_changes_nothing() -> None:
    once = hide_content({"a": "some text", "b": [1.5e12, "x"]})
    assert hide_content(once) == once
