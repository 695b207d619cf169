"""What there is to scan in a ``standard_input`` message."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Item(NamedTuple):
    """One item: a file, or a cell of a table."""

    text: str
    source: str
    connector_type: str  # "" if its connector did not say
    is_cell: bool = False  # of a table; otherwise a text with lines
    row_id: int | None = None  # of a cell, if its connector said it


def items(content: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the items of a valid ``standard_input`` content, in order.

    What a table's cells hold is often said by nothing but the names of table and
    column. So the first cell of each column is read as ``column: value``, and the
    first cell of the whole table as ``table.column: value``: a name counts once, not
    once per row, and evidence shows it together with a value.
    """
    seen: set[tuple[object, ...]] = set()
    for entry in content["data"]:
        metadata: Mapping[str, Any] = entry["metadata"]
        row_id = metadata.get("row_id")
        yield Item(
            text=_heading(metadata, seen) + entry["content"],
            source=metadata["source"],
            connector_type=str(metadata.get("connector_type", "")),
            is_cell="table_name" in metadata,
            row_id=row_id if type(row_id) is int else None,
        )


def _heading(metadata: Mapping[str, Any], seen: set[tuple[object, ...]]) -> str:
    table, column = metadata.get("table_name"), metadata.get("column_name")
    if not isinstance(table, str) or not isinstance(column, str):
        return ""
    place = (metadata.get("connector_type"), metadata.get("schema_name"), table)
    if (*place, column) in seen:
        return ""
    heading = f"{column}: " if place in seen else f"{table}.{column}: "
    seen |= {place, (*place, column)}
    return heading
