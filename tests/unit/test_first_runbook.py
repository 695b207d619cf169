"""The text of a first runbook: it loads, whatever names are at a place."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.errors import ConfigurationError
from wct_domain.plan import plan_runbook
from wct_domain.runbook import Runbook, parse_runbook
from wct_domain.substitution import substituted
from wct_entrypoints.first_runbook.survey import Survey, survey
from wct_entrypoints.first_runbook.text import MOST_DATABASES, runbook_text

CODE = ("source_code_analyser",)
NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1
).filter(lambda name: name not in (".", ".."))


def read(
    found: Survey, analysers: tuple[str, ...] = (), output: str = "r.yaml"
) -> Runbook:
    text = runbook_text(found, analysers, Path(output))
    document = substituted(yaml.safe_load(text), {}).document
    runbook = parse_runbook(document)
    plan_runbook(runbook)
    return runbook


def steps(runbook: Runbook) -> list[str]:
    return [each.id for each in runbook.execution]


@given(NAMES, st.lists(NAMES, max_size=MOST_DATABASES + 2, unique=True))
def test_any_names_come_back_as_they_are(place: str, databases: list[str]) -> None:
    paths = tuple(Path(place, each) for each in databases)
    found = Survey(Path(place), Counter({".txt": 2}), databases=paths)

    runbook = read(found)

    properties = [each.properties for each in runbook.connectors]
    assert properties[0]["path"] == str(Path(place))
    assert [each["database_path"] for each in properties[1:]] == [
        str(each) for each in paths[:MOST_DATABASES]
    ]
    assert len(steps(runbook)) == 4 * len(runbook.connectors)


def test_code_is_analysed_where_there_is_some_and_something_to_do_it() -> None:
    files = Survey(Path("x"), Counter({".php": 3, ".txt": 1}))
    assert steps(read(files, CODE))[-2:] == ["code_in_files", "purposes_in_code"]
    assert steps(read(files))[-1] == "purposes_in_files"
    letters = Survey(Path("x"), Counter({".txt": 1}))
    assert steps(read(letters, CODE)) == steps(read(letters))


def test_a_database_that_is_called_like_the_files_gets_another_name() -> None:
    paths = (Path("files.db"), Path("a/files.db"))
    found = Survey(Path(), Counter({".txt": 1}), databases=paths)
    assert [each.name for each in read(found).connectors] == [
        *("files", "files_2", "files_3")
    ]


def test_more_files_than_the_connector_reads_by_itself_raise_its_limit() -> None:
    assert (
        read(Survey(Path("x"), Counter({"": 2001})))
        .connectors[0]
        .properties["max_files"]
        == 3000
    )
    few = read(Survey(Path("x"), Counter({"": 1000}))).connectors[0]
    assert "max_files" not in few.properties


@pytest.mark.parametrize(
    ("url", "kind", "properties"),
    [
        (
            "mysql://shop@db.example/orders",
            "mysql_connector",
            {"host": "db.example", "port": 3306, "user": "shop", "database": "orders"},
        ),
        (
            "mariadb://root:hunter22@localhost:3307",
            "mysql_connector",
            {"host": "localhost", "port": 3307, "user": "root"},
        ),
        (
            "postgresql://a%40b:x@[::1]:5433/${x}",
            "postgresql_connector",
            {"host": "::1", "port": 5433, "user": "a@b", "database": "${x}"},
        ),
    ],
)
def test_a_server_is_named_without_its_password(
    url: str, kind: str, properties: dict[str, object]
) -> None:
    found = survey(url)
    assert "hunter22" not in runbook_text(found, (), None)
    [connector] = read(found).connectors
    assert connector.type == kind
    assert connector.properties == {**properties, "max_rows_per_table": 1000}


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("oracle://x@y/z", "oracle:// is not known here; known are mysql://"),
        ("mysql://db.example/shop", "names no user; write mysql://USER@HOST"),
        ("mysql://a@b:port/", "cannot be read"),
    ],
)
def test_a_url_that_is_of_no_use_is_told_with_the_way_out(url: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        survey(url)
