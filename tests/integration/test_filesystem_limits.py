"""What filesystem_connector does not read, and how it says so."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.filesystem_reading import (
    STANDARD_INPUT,
    connector,
    extracted,
    failure,
    names,
    notes,
    plant,
    reasons,
    texts,
)
from wct_domain.extraction import extraction_facts


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "site")


def test_what_the_number_of_files_cuts_off_is_stated(tree: Path) -> None:
    message = extracted(tree, max_files=2)

    assert names(tree, message) == ["a-b.txt", "a.txt"]
    assert notes(message)["truncated"] is True
    assert notes(message)["limits"] == [
        {"limit": "max_files", "value": 2, "read": 2, "left_out": 3}
    ]
    assert extraction_facts(message).truncated


def test_exactly_as_many_files_as_allowed_is_no_truncation(tree: Path) -> None:
    message = extracted(tree, max_files=5)

    assert len(names(tree, message)) == 5
    assert notes(message)["truncated"] is False


def test_files_that_cannot_be_read_do_not_use_up_the_number(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "c.txt").write_text("c")

    message = extracted(tmp_path, max_files=1)

    assert names(tmp_path, message) == ["b.txt"]
    assert notes(message)["limits"] == [
        {"limit": "max_files", "value": 1, "read": 2, "left_out": 1}
    ]


def test_a_file_that_is_too_large_is_left_out_and_stated(tmp_path: Path) -> None:
    (tmp_path / "large.log").write_text("x" * 101)
    (tmp_path / "small.log").write_text("x" * 100)

    message = extracted(tmp_path, max_file_size=100)

    assert names(tmp_path, message) == ["small.log"]
    assert reasons(tmp_path, message) == {"large.log": "too_large"}
    assert notes(message)["limits"] == [
        {"limit": "max_file_size", "value": 100, "read": 2, "left_out": 1}
    ]


def test_a_file_that_grows_while_it_is_read_stays_below_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_text("x")

    def endless(_: int, size: int) -> bytes:
        return b"x" * size

    monkeypatch.setattr(os, "read", endless)

    text = failure(lambda: extracted(tmp_path, max_file_size=50_000))

    assert text.endswith(f"No readable files found in {tmp_path}: 1 too_large")


def test_a_file_is_read_to_its_end_whatever_the_chunk_size(tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(5000))
    (tmp_path / "a.log").write_text(text)

    assert texts(tmp_path, extracted(tmp_path, chunk_size=1)) == {"a.log": text}


def test_a_file_whose_size_is_not_known_before_is_read_to_its_end() -> None:
    status = Path("/proc/self/status")
    if not status.is_file():
        pytest.skip("no /proc here")

    message = extracted(status, chunk_size=16)

    assert "VmRSS" in message.content["data"][0]["content"]


def test_binary_files_are_counted_and_listed(tree: Path) -> None:
    (tree / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xd8")
    (tree / "latin.txt").write_bytes("Zoë".encode("latin-1"))

    message = extracted(tree)

    assert reasons(tree, message) == {"latin.txt": "not_text", "logo.png": "not_text"}
    assert notes(message)["unreadable_count"] == 2
    assert notes(message)["truncated"] is False
    assert extraction_facts(message).unreadable == 2
    assert extraction_facts(message).items == 5


@pytest.mark.parametrize(
    ("errors", "text"), [("replace", "Zo\N{REPLACEMENT CHARACTER}"), ("ignore", "Zo")]
)
def test_other_error_handlers_read_what_remains(
    tmp_path: Path, errors: str, text: str
) -> None:
    (tmp_path / "latin.txt").write_bytes(b"Zo\xeb")

    assert texts(tmp_path, extracted(tmp_path, errors=errors)) == {"latin.txt": text}


def test_an_encoding_is_used_and_stated(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"Zo\xeb")

    message = extracted(tmp_path, encoding="latin-1")

    assert texts(tmp_path, message) == {"latin.txt": "Zoë"}
    assert message.content["contentEncoding"] == "latin-1"


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
@pytest.mark.parametrize("configured", ["utf-8", "latin-1"])
def test_a_byte_order_mark_says_the_encoding_and_is_no_text(
    tmp_path: Path, encoding: str, configured: str
) -> None:
    mark = "" if encoding in ("utf-8-sig", "utf-16", "utf-32") else "\ufeff"
    (tmp_path / "export.csv").write_bytes((mark + "name;Zoë").encode(encoding))

    message = extracted(tmp_path, encoding=configured)

    assert texts(tmp_path, message) == {"export.csv": "name;Zoë"}


def test_lone_surrogates_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\\ud800")

    text = failure(lambda: extracted(tmp_path, encoding="unicode_escape"))

    assert text.endswith(": 1 not_text")


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    assert texts(tmp_path, extracted(tmp_path)) == {"empty": ""}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied"), "permission_denied"),
        (FileNotFoundError(2, "No such file"), "vanished"),
        (NotADirectoryError(20, "Not a directory"), "vanished"),
        (OSError(5, "Input/output error"), "io_error"),
    ],
)
def test_a_file_that_the_system_refuses_is_left_out(
    tree: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    # Tests may run as root, to whom no file is forbidden.
    really_open = os.open

    def refuse(path: str, flags: int) -> int:
        if path.endswith("b.log"):
            raise error
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", refuse)

    message = extracted(tree)

    assert reasons(tree, message) == {"b.log": reason}
    assert len(names(tree, message)) == 4


def test_a_file_that_vanishes_after_it_was_listed_is_left_out(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = os.open

    def remove_next(path: str, flags: int) -> int:
        (tree / "a.txt").unlink(missing_ok=True)
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", remove_next)

    assert reasons(tree, extracted(tree)) == {"a.txt": "vanished"}


def test_a_directory_that_cannot_be_listed_is_left_out(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("sub"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert reasons(tree, extracted(tree)) == {"sub": "directory_permission_denied"}


def test_a_root_that_cannot_be_listed_fails_with_the_reason(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> Any:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert failure(lambda: extracted(tree)) == (
        f"Failed to read from path {tree}: Permission denied"
    )


def test_a_root_that_vanishes_fails_with_the_reason(tree: Path) -> None:
    made = connector(tree / "b.log")
    (tree / "b.log").unlink()

    text = failure(lambda: made.extract(STANDARD_INPUT))

    assert text == (
        f"Failed to read from path {tree / 'b.log'}: No such file or directory"
    )
