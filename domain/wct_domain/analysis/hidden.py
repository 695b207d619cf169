"""Content of which nobody can say what may be shown: nothing of it is."""

from typing import Any, cast

from wct_domain.analysis.masked_text import mask_length_only, mask_text

_FEW_DIGITS = 10_000  # a count; a larger number may be a telephone number, or a card


def hide_content(content: Any) -> Any:
    """Return the structure of a message whose schema is not at hand.

    A schema says what is personal data. Without it (a plugin is not installed any more)
    masking must not be weaker than it was with it: every text is shown as its length,
    and so is every large number.
    """
    if isinstance(content, dict):
        members = cast("dict[str, Any]", content)
        return {mask_text(name): hide_content(each) for name, each in members.items()}
    if isinstance(content, list):
        return [hide_content(each) for each in cast("list[Any]", content)]
    if isinstance(content, str):
        return mask_length_only(content)
    if isinstance(content, bool) or content is None:
        return content
    small = isinstance(content, (int, float)) and abs(content) < _FEW_DIGITS
    return content if small else mask_length_only(str(content))
