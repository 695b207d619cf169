"""The power is cut under a ledger, and under ledgers and disks with a known fault."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.disk import Disk, Name, Resize, Sync, SyncNames, Write
from tests.crash.promises import FAULTS

ROOT = Path(__file__).parents[2]
CHANCE = random.Random(7)


def report_of(*arguments: str) -> dict[str, int]:
    """Cut in a process of its own: it puts itself below every SQLite of it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.power_cuts", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout, done.stderr
    print(done.stdout)  # with the seed, for who has to repeat it
    report: dict[str, int] = json.loads(done.stdout)
    return report


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_power_cut_takes_nothing_that_was_promised() -> None:
    report = report_of("--images", "300")
    assert {fault: report[fault] for fault in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert report["images"] >= 300


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("log not synced", "lost"),
        ("power as process", "lost"),
        ("database not synced", "corrupt"),
        ("keys not synced", "corrupt"),
        ("names not synced", "keys lost"),
    ],
)
def test_a_planted_fault_is_found(planted: str, found: str) -> None:
    assert report_of("--images", "240", "--planted", planted)[found] > 0


def test_what_is_synced_is_there_and_what_is_not_may_be_lost() -> None:
    disk = Disk()
    for operation in (
        Name("a", 1),
        Write(1, 0, b"synced"),
        Sync(1),
        SyncNames(),
        Write(1, 0, b"SY"),
        Resize(1, 4),
        Name("b", 2),
    ):
        disk.take(operation)
    assert disk.after_a_cut("lost", CHANCE) == {"a": b"synced"}
    assert disk.after_a_cut("kept", CHANCE) == {"a": b"SYnc", "b": b""}


def test_a_torn_write_leaves_whole_sectors_old_or_new() -> None:
    disk = Disk()
    for operation in (Name("a", 1), SyncNames(), Write(1, 0, b"o" * 2048), Sync(1)):
        disk.take(operation)
    disk.take(Write(1, 256, b"n" * 1024))
    seen = {disk.after_a_cut("torn 512", CHANCE)["a"] for _ in range(200)}
    parts = [(256, 512), (512, 1024), (1024, 1280)]
    for image in seen:
        assert {bytes(set(image[start:end])) for start, end in parts} <= {b"n", b"o"}
        assert image[:256] + image[1280:] == b"o" * 1024
    assert len(seen) == 8


def test_an_unsynced_write_past_the_end_leaves_zeros_before_it() -> None:
    disk = Disk()
    for operation in (Name("a", 1), SyncNames(), Write(1, 0, b"ab"), Write(1, 4, b"c")):
        disk.take(operation)
    seen = {disk.after_a_cut("reordered", CHANCE)["a"] for _ in range(100)}
    assert seen == {b"", b"ab", b"\0\0\0\0c", b"ab\0\0c"}
