"""A verdict laid out, for people and for programs."""

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

from wct_domain.verification import Trust, Verdict
from wct_entrypoints.cli.printing import wrapped
from wct_entrypoints.cli.shared import counted

_SHOWN = 20  # flaws that are printed; --json has more


class Told(NamedTuple):
    """A verdict with what is said around it."""

    verdict: Verdict
    trust: Trust
    place: str  # what was verified
    signed_now: int | None = None  # size of the checkpoint that was made after
    not_signed: str | None = None  # why none could be made
    bundle: bool = False
    read: bool = True  # False: it is not what it should be, nothing could be checked


def verdict_document(told: Told) -> dict[str, Any]:
    """Put a verdict into the shape that programs read."""
    verdict = told.verdict
    return {
        "sound": verdict.sound,
        "bundle" if told.bundle else "ledger": told.place,
        "log_id": verdict.log_id,
        "run": verdict.run,
        "events": verdict.events,
        "streams": verdict.streams,
        "size": verdict.size,
        "root": base64.b64encode(verdict.root).decode(),
        "blobs": verdict.blobs,
        "erased_blobs": verdict.erased,
        "pruned_blobs": verdict.dropped,
        "pruned_payloads": verdict.pruned,
        "checkpoints": verdict.checkpoints,
        "kept_checkpoints": verdict.kept,
        "signed": verdict.signed,
        "unsigned": verdict.unsigned,
        "signers": sorted(map(str, verdict.signers)),
        "trusted": bool(told.trust.given),
        "signed_now": told.signed_now,
        "flaws": [flaw._asdict() for flaw in verdict.flaws],
        "more_flaws": verdict.more_flaws,
    }


def verdict_lines(told: Told) -> Iterator[str]:
    """Lay a verdict out for somebody who has to rely on it."""
    verdict = told.verdict
    yield f"{'Bundle' if told.bundle else 'Ledger'} {told.place}"
    if told.read:
        for what, text in _facts(told):
            yield wrapped(f"  {what:<11}  ", text)
    yield ""
    if verdict.sound:
        yield _sound(verdict)
    else:
        count = len(verdict.flaws) + verdict.more_flaws
        yield f"NOT SOUND: {counted(count, 'thing')} that {_do(count)} not fit"
        for flaw in verdict.flaws[:_SHOWN]:
            yield wrapped("  ", str(flaw))
        if count > _SHOWN:
            yield f"  … and {count - _SHOWN:,} more (--json lists up to 1,000)"
    for note in _notes(told) if told.read else ():
        yield wrapped("", note)


def _facts(told: Told) -> Iterator[tuple[str, str]]:
    verdict = told.verdict
    yield "log", verdict.log_id
    if verdict.run is not None:
        yield "run", verdict.run
    yield (
        "events",
        f"{verdict.events:,} in {counted(verdict.streams, 'stream')}, recomputed",
    )
    yield "blobs", f"{verdict.blobs:,}, recomputed"
    if verdict.erased:
        yield "erased", f"{counted(verdict.erased, 'blob')}, as the log says"
    if verdict.pruned or verdict.dropped:
        gone = (
            f"{counted(verdict.pruned, 'payload')}, {counted(verdict.dropped, 'blob')}"
        )
        yield "pruned", f"{gone}, as the log says; the hashes are there"
    checkpoints = counted(verdict.checkpoints, "checkpoint")
    kept = f", {verdict.kept} kept elsewhere" if verdict.kept else ""
    yield "checkpoints", f"{checkpoints.partition(' ')[0]} stored{kept}"
    root = f", root {base64.b64encode(verdict.root).decode()}" if verdict.root else ""
    yield "tree", f"{counted(verdict.size, 'event')}{root}"
    for signer in sorted(map(str, verdict.signers)):
        yield "signed by", signer


def _sound(verdict: Verdict) -> str:
    what = "run" if verdict.run is not None else "ledger"
    return f"Sound: this {what} is what was recorded, as far as the notes below go."


def _notes(told: Told) -> Iterator[str]:
    verdict = told.verdict
    if told.signed_now is not None:
        yield f"Signed now: a checkpoint over {counted(told.signed_now, 'event')}."
    elif verdict.unsigned:
        count = verdict.unsigned
        why = f" ({told.not_signed})" if told.not_signed else ""
        by = " by a key that was given" if told.trust.given else ""
        yield (
            f"{counted(count, 'event')} after the last checkpoint {_are(count)} "
            f"{'not signed' if by else 'unsigned'}{by}{why}: that newer ones are "
            "missing could not be seen."
        )
    if not told.trust.given:
        where = "bundle itself" if told.bundle else "ledger's own key store"
        yield (
            f"The signatures were checked with keys of the {where}. Whoever has "
            "these can make a history that looks sound: to know that this is the one, "
            "give the key that you know (--key), and a checkpoint that was kept "
            "elsewhere (--checkpoint)."
        )
    elif not verdict.kept and not told.bundle:
        yield (
            "Without a checkpoint that was kept elsewhere (--checkpoint), an older "
            "state of this ledger would look just as sound."
        )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _do(count: int) -> str:
    return "does" if count == 1 else "do"
