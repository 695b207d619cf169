"""Which SQL statement a string literal is, if it is one."""

import re
from collections.abc import Mapping

from wct_domain.rulesets.data_collection import SqlStatement

# Only the beginning is looked at: a statement says early what it does, and the
# bounded stretches keep long texts from taking long.
_STATEMENT = re.compile(
    r"""\s*(?:--[^\n]{0,200}\n\s*)?\(?\s*(?:
        (?P<select>select)\s[^;]{1,4000}?\sfrom\s
      | (?P<insert_into>(?:insert|replace)\s+(?:\w+\s+){0,2}?into)\s+\S
      | (?P<update>update)\s+[^\s;]{1,200}\s+(?:(?:as\s+)?\w+\s+)?set\s
      | (?P<delete_from>delete\s+from)\s+\S
      | (?P<merge_into>merge\s+into)\s+\S
      | (?P<with>with)\s+(?:recursive\s+)?\w+\s*(?:\([^()]{0,500}\)\s*)?as\s*\(
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_VERBS: Mapping[str, SqlStatement] = {
    "select": "select",
    "with": "select",  # whose first word says less than what follows
    "insert_into": "insert into",
    "update": "update",
    "delete_from": "delete from",
    "merge_into": "merge into",
}
_LOOKED_AT = 5000  # characters


def statement(literal: str) -> SqlStatement | None:
    """Return what a statement does, or None: prose may begin with "select", too."""
    match = _STATEMENT.match(f"{literal[:_LOOKED_AT]} ")
    if match is None or match.lastgroup is None:
        return None
    return _VERBS[match.lastgroup]
