"""Links, special files and wct's own files below a directory that is read."""

import os
import socket
from functools import partial
from pathlib import Path

import pytest

from tests.filesystem_reading import (
    STANDARD_INPUT,
    extracted,
    failure,
    names,
    notes,
    plant,
    reasons,
    texts,
)
from wct_adapters.connectors.filesystem import FilesystemConnectorFactory
from wct_domain.ports.own_files import OwnFiles
from wct_domain.services import Provided, ServiceContainer


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "site")


def test_a_link_inside_the_tree_is_read(tree: Path) -> None:
    (tree / "link.txt").symlink_to("b.log")

    assert texts(tree, extracted(tree))["link.txt"] == "text of b.log"


def test_a_link_out_of_the_tree_is_refused_and_counted(
    tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "site-secret").write_text("secret")
    (tree / "one").symlink_to(tmp_path / "site-secret")
    (tree / "two").symlink_to("/etc/passwd")
    (tree / "three").symlink_to(tmp_path)
    (tree / "four").symlink_to("one")

    message = extracted(tree)

    assert set(reasons(tree, message)) == {"one", "two", "three", "four"}
    assert set(reasons(tree, message).values()) == {"link_out_of_tree"}
    assert "secret" not in texts(tree, message).values()


def test_a_tree_of_refused_links_only_says_so(tmp_path: Path) -> None:
    root = tmp_path / "site"
    root.mkdir()
    (root / "out").symlink_to("/etc/passwd")

    assert failure(lambda: extracted(root)) == (
        f"Failed to read from path {root}: "
        f"No files found in directory {root}: 1 link_out_of_tree"
    )


def test_links_to_nowhere_in_circles_and_to_directories_are_skipped(tree: Path) -> None:
    (tree / "nowhere").symlink_to("gone")
    (tree / "loop").symlink_to("loop")
    (tree / "up").symlink_to(".")
    (tree / "a" / "up").symlink_to("..")

    message = extracted(tree)

    assert len(names(tree, message)) == 5
    assert notes(message)["skipped"] == {"broken_link": 2, "linked_directory": 2}
    assert notes(message)["unreadable_count"] == 0


def test_a_root_that_is_a_link_is_followed(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree)

    assert len(names(tmp_path / "link", extracted(tmp_path / "link"))) == 5


def test_special_files_are_skipped_without_waiting(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tree / "pipe")
    (tree / "to-pipe").symlink_to("pipe")
    monkeypatch.chdir(tree)  # the path of a socket may not be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        message = extracted(tree)

    assert notes(message)["skipped"] == {"not_a_file": 3}
    assert len(names(tree, message)) == 5


def test_a_pipe_that_takes_the_place_of_a_file_does_not_block(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = os.open

    def swap(path: str, flags: int) -> int:
        if path.endswith("b.log"):
            Path(path).unlink()
            os.mkfifo(path)
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", swap)

    assert reasons(tree, extracted(tree)) == {"b.log": "not_a_file"}


def test_the_ledger_directory_is_never_read(tree: Path) -> None:
    (tree / ".wct").mkdir()
    (tree / ".wct" / "ledger.db").write_text("ledger")
    (tree / "sub" / ".wct").mkdir()
    (tree / "link").symlink_to(".wct/ledger.db")

    message = extracted(tree)

    assert "ledger" not in texts(tree, message).values()
    assert notes(message)["skipped"] == {"own_files": 3}


def test_what_the_container_calls_wcts_own_is_never_read(tree: Path) -> None:
    (tree / "results").mkdir()
    (tree / "results" / "old.json").write_text("result")
    (tree / "my.db").write_text("ledger")
    (tree / "a" / "my.db").write_text("not the ledger")
    (tree / "link").symlink_to("my.db")
    container = ServiceContainer()
    own = OwnFiles((tree / "results", tree / "my.db"))
    container.register(OwnFiles, Provided(lambda: own))
    factory = FilesystemConnectorFactory(container)

    message = factory.create({"path": str(tree)}).extract(STANDARD_INPUT)

    assert {"result", "ledger"}.isdisjoint(texts(tree, message).values())
    assert texts(tree, message)["a/my.db"] == "not the ledger"
    assert notes(message)["skipped"] == {"own_files": 3}


def test_wcts_own_files_are_refused_when_they_are_asked_for(tree: Path) -> None:
    (tree / ".wct").mkdir()
    ledger = tree / ".wct" / "ledger.db"
    ledger.write_text("ledger")
    own = OwnFiles((tree / "a",))

    for path in (ledger, tree / ".wct", tree / "a", tree / "a" / "z.txt"):
        text = failure(partial(extracted, path, own))
        assert "it belongs to wct, which never reads its own files" in text
