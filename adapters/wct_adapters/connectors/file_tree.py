"""The files below a directory, in one order on every machine."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wct_adapters.connectors.paths import belongs_to_wct, shown
from wct_adapters.connectors.text_files import why
from wct_domain.extraction import ExtractionNotes
from wct_domain.ports.own_files import OWN_DIRECTORY, OwnFiles

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def compiled(patterns: Sequence[str]) -> "GitIgnoreSpec":
    """Compile patterns as in .gitignore.

    Raises:
        ValueError: one of them is no pattern.
    """
    # Imported where there are patterns: it takes as long as reading a thousand files.
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  # start-up time

    return GitIgnoreSpec.from_lines(patterns)


class Selection:
    """Which files of a tree are wanted; paths are relative to its root.

    ``include`` wins: given, even if empty, nothing else is taken.
    """

    def __init__(
        self, include: Sequence[str] | None, exclude: Sequence[str] | None
    ) -> None:
        self._include = None if include is None else compiled(include)
        self._exclude = compiled(exclude) if exclude else None
        # After `!keep.txt` an excluded directory may still hold a wanted file.
        self._prunes = include is None and not any(
            line.startswith("!") for line in exclude or ()
        )

    def takes(self, path: str) -> bool:
        if self._include is not None:
            return self._include.match_file(path)
        return self._exclude is None or not self._exclude.match_file(path)

    def enters(self, directory: str) -> bool:
        """Say whether a directory may hold anything that is wanted."""
        if self._exclude is None or not self._prunes:
            return True
        return not self._exclude.match_file(f"{directory}/")


class FoundFile(NamedTuple):
    """A regular file: its path as it is shown, and the one to open."""

    path: str
    target: str  # the same, unless a link leads elsewhere inside the tree


class FileTree:
    """Walks a directory, and notes what is there and cannot be read.

    Links to directories are not entered, links out of the tree not followed;
    pipes, sockets and devices are not opened; what wct wrote is left out.
    """

    def __init__(
        self, root: Path, selection: Selection, own: OwnFiles, notes: ExtractionNotes
    ) -> None:
        self._root = str(root)
        self._prefix = _below(self._root)
        self._here = self._root == os.curdir
        self._inside = _below(os.path.realpath(root))
        self._selection = selection
        self._own_files = own
        self._own = {os.path.realpath(path) for path in own.paths}
        self._own_names = {_name(path) for path in self._own}
        self._notes = notes

    def files(self) -> Iterator[FoundFile]:
        """Yield wanted files by the bytes of their paths.

        Raises:
            OSError: the root itself cannot be listed.
        """
        waiting = [iter(_listed(self._root))]
        while waiting:
            entry = next(waiting[-1], None)
            if entry is None:
                waiting.pop()
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(iter(self._listed(entry)))
            elif found := self._file(entry):
                yield found

    def _listed(self, entry: os.DirEntry[str]) -> list[os.DirEntry[str]]:
        if not self._selection.enters(self._relative(entry.path)):
            return []
        if entry.name == OWN_DIRECTORY or self._is_own(entry.path):
            self._notes.skip("own_files")
            return []
        try:
            return _listed(entry.path)
        except OSError as error:
            self._notes.unreadable(shown(self._named(entry)), f"directory_{why(error)}")
            return []

    def _file(self, entry: os.DirEntry[str]) -> FoundFile | None:
        if not self._selection.takes(self._relative(entry.path)):
            return None
        if entry.is_symlink():
            return self._linked(entry)
        if self._is_own(entry.path):
            self._notes.skip("own_files")
        elif entry.is_file(follow_symlinks=False):
            return FoundFile(self._named(entry), entry.path)
        else:
            self._notes.skip("not_a_file")
        return None

    def _linked(self, entry: os.DirEntry[str]) -> FoundFile | None:
        try:
            target = os.path.realpath(entry.path, strict=True)
            mode = os.stat(target).st_mode  # noqa: PTH116 - str, not Path
        except OSError:
            self._notes.skip("broken_link")
            return None
        if not _below(target).startswith(self._inside):
            self._notes.unreadable(shown(self._named(entry)), "link_out_of_tree")
        elif belongs_to_wct(Path(target), self._own_files):
            self._notes.skip("own_files")
        elif stat.S_ISDIR(mode):
            self._notes.skip("linked_directory")  # read where it really is
        elif not stat.S_ISREG(mode):
            self._notes.skip("not_a_file")
        else:
            return FoundFile(self._named(entry), target)
        return None

    def _is_own(self, path: str) -> bool:
        # The name first: resolving every path would cost more than reading it.
        return _name(path) in self._own_names and os.path.realpath(path) in self._own

    def _named(self, entry: os.DirEntry[str]) -> str:
        """Write ``a/b`` below ``.``, as pathlib does, and not ``./a/b``."""
        return self._relative(entry.path) if self._here else entry.path

    def _relative(self, path: str) -> str:
        return path.removeprefix(self._prefix)


def _below(directory: str) -> str:
    """Return how the path of everything in a directory begins."""
    return directory if directory.endswith(os.sep) else directory + os.sep


def _name(path: str) -> str:
    return path.rpartition(os.sep)[2]


def _listed(directory: str) -> list[os.DirEntry[str]]:
    with os.scandir(directory) as entries:
        return sorted(entries, key=_order)


def _order(entry: os.DirEntry[str]) -> bytes:
    """Sort as whole paths would: a directory's name goes on with a slash."""
    name = os.fsencode(entry.name)
    return name + b"/" if entry.is_dir(follow_symlinks=False) else name
