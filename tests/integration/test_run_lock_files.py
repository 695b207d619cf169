"""Locks of runs, where somebody meddles with their files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wct_adapters.ledgers.file_locks import FileLocks
from wct_domain.errors import RunHeldError
from wct_domain.testing.ledger_samples import RUN

AS_NOBODY = """
import os, sys
from pathlib import Path
from wct_adapters.ledgers.file_locks import FileLocks
from wct_domain.errors import LedgerWriteError
locks = FileLocks(Path(sys.argv[1]))
os.setuid(65534)
try:
    with locks.hold(sys.argv[2]):
        pass
except LedgerWriteError as error:
    sys.exit("Permission denied" not in str(error) or not locks.is_held(sys.argv[2]))
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
def test_locks_of_another_user_are_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir(mode=0o700)
    (tmp_path / "locks" / RUN).touch()
    arguments = [sys.executable, "-c", AS_NOBODY, str(tmp_path / "locks"), RUN]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
