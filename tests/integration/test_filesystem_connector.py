"""What filesystem_connector reads, and in which order."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.filesystem_reading import (
    LOADER,
    STANDARD_INPUT,
    connector,
    extracted,
    failure,
    names,
    plant,
    texts,
)
from wct_adapters.connectors.filesystem import FilesystemConnector
from wct_adapters.connectors.filesystem_config import FilesystemConnectorConfig
from wct_domain.digests import canonical_json


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "site")


def test_a_directory_becomes_one_message_with_an_item_for_each_file(tree: Path) -> None:
    message = extracted(tree)

    assert message.id == "Content from site"
    assert message.schema == STANDARD_INPUT
    assert message.schema_validated
    content = message.content
    assert {
        name: content[name] for name in content if name not in ("data", "metadata")
    } == {
        "schemaVersion": "1.0.0",
        "name": "standard_input_from_site_directory",
        "description": "Content from directory site (5 files)",
        "contentEncoding": "utf-8",
        "source": str(tree),
    }
    assert content["metadata"] == {
        "file_count": 5,
        "total_size_bytes": sum(len(text) for text in texts(tree, message).values()),
        "exclude_patterns": None,
        "source_type": "directory",
        "extraction": {
            "items": 5,
            "unreadable_count": 0,
            "unreadable": [],
            "skipped": {},
            "truncated": False,
            "limits": [],
        },
    }
    assert content["data"][0] == {
        "content": "text of a-b.txt",
        "metadata": {
            "source": str(tree / "a-b.txt"),
            "connector_type": "filesystem_connector",
            "file_path": str(tree / "a-b.txt"),
        },
    }


def test_a_single_file_becomes_a_message_whatever_the_patterns_say(tree: Path) -> None:
    message = extracted(tree / "b.log", exclude_patterns=["*.log"])

    assert message.id == "Content from b.log"
    assert message.content["name"] == "standard_input_from_b.log"
    assert message.content["description"] == "Content from file b.log"
    assert message.content["metadata"]["source_type"] == "file"
    assert message.content["metadata"]["exclude_patterns"] == ["*.log"]
    assert [item["content"] for item in message.content["data"]] == ["text of b.log"]


def test_the_working_directory_is_named_and_its_files_are_shown_without_a_dot(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)

    message = extracted(Path())

    assert message.id == "Content from site"
    assert message.content["source"] == "."
    assert message.content["data"][1]["metadata"]["file_path"] == "a.txt"


def test_a_relative_path_is_kept_as_it_was_given(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree.parent)

    message = extracted(Path("./site"))

    assert message.content["source"] == "site"
    assert message.content["data"][0]["metadata"]["source"] == "site/a-b.txt"


def test_without_a_schema_the_first_supported_one_is_taken(tree: Path) -> None:
    config = FilesystemConnectorConfig.from_properties({"path": tree})

    message = FilesystemConnector(config, schemas=LOADER).extract()

    assert message.schema == STANDARD_INPUT


def test_files_come_in_the_order_of_the_bytes_of_their_paths(tree: Path) -> None:
    found = names(tree, extracted(tree))

    assert found == ["a-b.txt", "a.txt", "a/z.txt", "b.log", "sub/deep/c.php"]
    assert found == sorted(found, key=os.fsencode)


ODD = st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", "..", ".wct"))
PATHS = st.lists(ODD, min_size=1, max_size=3).map("/".join)


def can_coexist(paths: list[str]) -> bool:
    """No path is a directory of another one."""
    return not any(path.startswith(f"{other}/") for path in paths for other in paths)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(PATHS, min_size=1, max_size=12, unique=True).filter(can_coexist))
def test_the_order_does_not_depend_on_the_order_of_creation(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str]
) -> None:
    orders: list[list[str]] = []
    for sequence in (paths, list(reversed(paths))):
        root = tmp_path_factory.mktemp("tree")
        for path in sequence:
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("text")
        orders.append(names(root, extracted(root)))

    assert orders[0] == orders[1] == sorted(paths, key=os.fsencode)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"include_patterns": ["*.txt"]}, ["a-b.txt", "a.txt", "a/z.txt"]),
        ({"include_patterns": ["/*.txt"]}, ["a-b.txt", "a.txt"]),
        ({"include_patterns": ["sub"]}, ["sub/deep/c.php"]),
        ({"include_patterns": ["*.txt", "!a.txt"]}, ["a-b.txt", "a/z.txt"]),
        ({"exclude_patterns": ["*.txt"]}, ["b.log", "sub/deep/c.php"]),
        ({"exclude_patterns": ["sub", "*.log"]}, ["a-b.txt", "a.txt", "a/z.txt"]),
        (
            {"exclude_patterns": ["a/", "!a/z.txt", "sub"]},
            ["a-b.txt", "a.txt", "a/z.txt", "b.log"],
        ),
        ({"include_patterns": ["*.log"], "exclude_patterns": []}, ["b.log"]),
    ],
)
def test_patterns_select_as_in_gitignore(
    tree: Path, properties: dict[str, Any], expected: list[str]
) -> None:
    assert names(tree, extracted(tree, **properties)) == expected


def test_an_empty_list_of_includes_takes_nothing(tree: Path) -> None:
    text = failure(
        lambda: extracted(tree, include_patterns=[], exclude_patterns=["*.log"])
    )

    assert (
        text == f"Failed to read from path {tree}: No files found in directory {tree}"
    )


def test_an_excluded_directory_is_not_even_listed(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []
    really_list = os.scandir

    def note(path: str) -> Any:
        listed.append(path)
        return really_list(path)

    monkeypatch.setattr(os, "scandir", note)

    extracted(tree, exclude_patterns=["sub/"])

    assert sorted(os.path.relpath(path, tree) for path in listed) == [".", "a"]


def test_hidden_files_are_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MAIL_FROM=a@example.com")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("[user]")

    assert names(tmp_path, extracted(tmp_path)) == [".env", ".git/config"]


def test_files_can_be_listed_without_being_read(tree: Path) -> None:
    listed = connector(tree, max_files=2).collect_files()

    assert listed == [tree / "a-b.txt", tree / "a.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "with\nnewline",
        "quote'\"`",
        "[bold]markup[bold]",
        "ünïcödé 日本 😀",
        "-rf",
        "$(id)",
        "back\\slash",
        "x" * 255,
    ],
)
def test_odd_names_are_read_and_told_as_they_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("text")

    message = extracted(tmp_path)

    assert message.content["data"][0]["metadata"]["file_path"] == f"{tmp_path}/{name}"


def test_a_name_that_is_not_utf_8_is_told_with_its_bytes(tmp_path: Path) -> None:
    root = tmp_path / os.fsdecode(b"Zo\xeb")
    root.mkdir()
    (root / os.fsdecode(b"\xff.txt")).write_text("text")

    message = extracted(root)

    item = message.content["data"][0]
    assert item["metadata"]["source"] == f"{tmp_path}/Zo\\xeb/\\xff.txt"
    assert message.id == "Content from Zo\\xeb"
    canonical_json(message.content)


def test_a_deep_tree_is_read_to_its_bottom(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(200):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "bottom").write_text("text")

    assert list(texts(tmp_path, extracted(tmp_path)).values()) == ["text"]
