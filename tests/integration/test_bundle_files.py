"""Bundles as files: every byte counts."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bundles.bundled_runs import bundled, checked
from wct_adapters.bundles import BundleFile, write_bundle
from wct_domain.bundle import LARGEST, MANIFEST, Member
from wct_domain.errors import BundleError

MEMBERS = [
    Member("keys.txt", b"one"),
    Member("blobs/aa", b""),
    Member("a.b-c", b"\0" * 99),
]


def as_file(directory: Path, members: list[Member]) -> Path:
    path = directory / "run.zip"
    with path.open("wb") as file:
        assert write_bundle(file, members) == file.tell()
    return path


def read(path: Path) -> list[Member]:
    file = BundleFile(path)
    try:
        return [Member(name, file.read(name)) for name in file.names()]
    finally:
        file.close()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read(as_file(tmp_path, MEMBERS)) == MEMBERS


def test_other_programs_can_read_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(as_file(tmp_path, MEMBERS)) as archive:
        assert archive.testzip() is None
        found = [Member(name, archive.read(name)) for name in archive.namelist()]
    assert found == MEMBERS


@settings(max_examples=300)
@given(data=st.data())
def test_any_byte_that_is_changed_added_or_gone_is_found(data: st.DataObject) -> None:
    content = BUNDLE
    place = data.draw(st.integers(0, len(content) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    for other in (bytes(changed), content[:place], content + content[:place] + b"\0"):
        assert is_found_out(other)


def in_a_file() -> bytes:
    buffer = io.BytesIO()
    _, held = bundled()
    write_bundle(buffer, (Member(*each) for each in held.members.items()))
    return buffer.getvalue()


BUNDLE = in_a_file()


class InMemory:
    """A path that leads to bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def open(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)


def is_found_out(content: bytes) -> bool:
    try:
        file = BundleFile(InMemory(content))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # all that is asked of the path
        return not checked(file).verdict.sound
    except BundleError:
        return True


def test_the_bundle_of_these_tests_is_sound() -> None:
    assert not is_found_out(BUNDLE)


def test_archives_of_other_programs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr(MANIFEST, b"0" * 1000)
        with pytest.raises(BundleError):
            read(path)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"two members keys\.txt"):
        read(as_file(tmp_path, [MEMBERS[0], MEMBERS[0]]))


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "A", "a\\b", "", "x" * 101])
def test_names_that_wct_does_not_write_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleError):
        read(as_file(tmp_path, [Member(name, b"")]))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"hello" * 100])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BundleError, match="not a bundle"):
        read(path)


def test_a_member_of_absurd_size_is_not_read(tmp_path: Path) -> None:
    """The file is sparse: it takes no room on the disk."""
    path = as_file(tmp_path, [MEMBERS[0]])
    head = bytearray(path.read_bytes()[: 30 + 8 + 3])
    size = (LARGEST + 1).to_bytes(4, "little")
    head[18:22] = head[22:26] = size
    with path.open("wb") as file:
        file.write(head)
        file.truncate(30 + 8 + LARGEST + 1)
    with pytest.raises(BundleError):
        read(path)


def test_a_file_that_ends_before_its_member_does_is_refused(tmp_path: Path) -> None:
    path = as_file(tmp_path, MEMBERS)
    path.write_bytes(path.read_bytes()[:39])
    with pytest.raises(BundleError, match="cut off"):
        read(path)


def test_many_members_make_a_large_archive(tmp_path: Path) -> None:
    """Beyond 65,534 members the form is that of zip64."""
    members = [Member(f"blobs/{number}", b"") for number in range(65_600)]
    path = as_file(tmp_path, members)
    assert len(read(path)) == len(members)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == len(members)
