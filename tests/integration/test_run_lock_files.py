"""Locks of runs, where somebody meddles with their files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wct_adapters.ledgers.file_locks import FileLocks
from wct_domain.errors import LedgerUnusableError, LedgerWriteError, RunHeldError
from wct_domain.testing.ledger_samples import RUN

AS_NOBODY = """
import os, sys
from pathlib import Path
from wct_adapters.ledgers.file_locks import FileLocks
from wct_domain.errors import LedgerError
from wct_domain.projections.states import RunStatus, standing
locks, run = FileLocks(Path(sys.argv[1])), sys.argv[2]
os.setuid(65534)
for ask in (lambda: locks.hold(run).__enter__(), lambda: locks.is_held(run)):
    try:
        print(ask())
    except LedgerError as error:
        print(error)
print(standing(RunStatus.RUNNING, run, locks))
"""


def test_who_took_the_place_of_a_removed_lock_keeps_theirs(tmp_path: Path) -> None:
    first, second, third = (FileLocks(tmp_path / "locks") for _ in range(3))
    with first.hold(RUN):
        (tmp_path / "locks" / RUN).unlink()
        other = second.hold(RUN)
        other.__enter__()
    assert third.is_held(RUN)
    with pytest.raises(RunHeldError), third.hold(RUN):
        pass
    other.__exit__(None, None, None)
    assert not third.is_held(RUN)


def test_a_lock_whose_directory_is_gone_is_let_go_in_silence(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "locks")
    with locks.hold(RUN):
        (tmp_path / "locks").rename(tmp_path / "elsewhere")
    assert not locks.is_held(RUN)


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming somebody else needs root")
@pytest.mark.parametrize("locked", [True, False])
def test_locks_that_this_user_cannot_open_are_not_said_to_be_held(
    tmp_path: Path, *, locked: bool
) -> None:
    directory = tmp_path / "locks"
    directory.mkdir(mode=0o700)
    if locked:
        (directory / RUN).touch()
    arguments = [sys.executable, "-c", AS_NOBODY, str(directory), RUN]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    reason = (
        f"its lock in '{directory}' cannot be opened (Permission denied); that must be "
        "a directory of this user, with mode 700, on a disk with room"
    )
    assert done.stdout.splitlines() == [
        f"run {RUN} cannot be locked: {reason}",
        f"whether anybody is at work on run {RUN} cannot be told: {reason}",
        "running",  # as like as not, for who only looks
    ]


def test_a_file_where_the_locks_are_to_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "locks").touch()
    locks = FileLocks(tmp_path / "locks")
    with pytest.raises(LedgerUnusableError, match="Not a directory"):
        locks.is_held(RUN)
    with pytest.raises(LedgerWriteError, match="File exists"), locks.hold(RUN):
        pass


def test_a_subscriber_is_locked_as_runs_are_and_named_as_one(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "locks")
    with locks.hold("subscriber/mail"):
        assert locks.is_held("subscriber/mail")
        assert not locks.is_held("mail")
        expected = (
            f"subscriber 'mail' is being delivered to (process {os.getpid()}); "
            "wait for its end, or stop it"
        )
        with pytest.raises(RunHeldError) as caught, locks.hold("subscriber/mail"):
            pass
        assert str(caught.value) == expected
    assert not list((tmp_path / "locks").iterdir())
