from typing import Any

from wct_domain.analysis.items import items


def cell(table: str, column: str, content: str, **metadata: Any) -> dict[str, Any]:
    place = {"source": f"{table}.{column}", "table_name": table, "column_name": column}
    return {"content": content, "metadata": {**place, **metadata}}


def texts(*data: dict[str, Any]) -> list[str]:
    return [item.text for item in items({"data": list(data)})]


def test_a_file_is_read_as_it_is() -> None:
    found = list(
        items(
            {
                "data": [
                    {
                        "content": "hello",
                        "metadata": {"source": "a.txt", "connector_type": "files"},
                    }
                ]
            }
        )
    )
    assert found == [("hello", "a.txt", "files", False, None)]


def test_an_item_whose_connector_says_nothing_has_no_connector_type() -> None:
    (found,) = items({"data": [{"content": "", "metadata": {"source": "a"}}]})
    assert found.connector_type == ""


def test_the_first_cell_of_a_column_is_read_with_the_column_s_name() -> None:
    assert texts(
        cell("people", "email", "bob@example.com"),
        cell("people", "city", "Ghent"),
        cell("people", "email", "amy@example.com"),
        cell("people", "city", "Pisa"),
    ) == [
        "people.email: bob@example.com",
        "city: Ghent",
        "amy@example.com",
        "Pisa",
    ]


def test_a_cell_has_the_row_id_that_its_connector_gave() -> None:
    data = [
        cell("people", "email", "a", row_id=7),
        cell("people", "email", "b", row_id="7"),
        cell("people", "email", "c"),
    ]

    found = list(items({"data": data}))

    assert all(each.is_cell for each in found)
    assert [each.row_id for each in found] == [7, None, None]


def test_columns_of_other_tables_and_databases_are_others() -> None:
    assert texts(
        cell("people", "email", "a", schema_name="shop"),
        cell("orders", "email", "b", schema_name="shop"),
        cell("people", "email", "c", schema_name="club"),
    ) == ["people.email: a", "orders.email: b", "people.email: c"]


def test_a_name_that_is_no_text_is_left_out() -> None:
    assert texts(cell("people", "email", "a", column_name=None)) == ["a"]
