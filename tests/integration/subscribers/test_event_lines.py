"""Lines in a file that count only when they are kept."""

import json
import os
from pathlib import Path

import pytest

from tests.integration.subscribers.told import LOG, event_id, several, told
from wct_adapters.subscribers.event_lines import EventLines
from wct_domain.errors import DeliveryError


def ids(file: Path) -> list[str]:
    found: list[str] = []
    for line in file.read_text().splitlines():
        try:
            found.append(json.loads(line)["id"])
        except ValueError:
            found.append("torn")
    return found


def test_each_event_is_a_line_behind_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    lines = EventLines(file, LOG)
    assert not file.exists()

    lines(told(1))
    lines.close()
    lines.batch([told(2), told(3)])
    lines.close()
    lines.close()

    assert ids(file) == [event_id(1), event_id(2), event_id(3)]


def test_a_line_that_was_cut_off_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"specversion":"1.0","id":"01')

    EventLines(file, LOG)(told(1))

    assert ids(file) == ["torn", event_id(1)]


def test_what_counts_as_taken_survives_the_power_being_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []

    def keep(descriptor: int) -> None:
        kept.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", keep)
    file = tmp_path / "events.jsonl"

    EventLines(file, LOG).batch(several(3))

    assert kept == [file.stat().st_size]


def test_a_place_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    file = tmp_path / "mounted" / "events.jsonl"
    lines = EventLines(file, LOG)

    with pytest.raises(
        DeliveryError, match="cannot be written: No such file"
    ) as raised:
        lines(told(1))
    file.parent.mkdir()
    lines(told(1))

    assert raised.value.retryable
    assert ids(file) == [event_id(1)]


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="Is a directory"):
        EventLines(tmp_path, LOG)(told(1))


def test_a_full_disk_is_told_and_written_to_again(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="No space left on device") as raised:
        EventLines(Path("/dev/full"), LOG)(told(1))

    assert raised.value.retryable


def test_a_pipe_that_nobody_reads_from_holds_nobody_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(DeliveryError, match="No such device or address"):
        EventLines(pipe, LOG)(told(1))
