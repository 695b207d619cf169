"""What somebody does who knows the formats: chains and checkpoints made anew."""

from typing import Any, Literal, TypeAlias

from tests.crash.victims import Victim
from wct_domain.chain import FIRST, header, link, payload_digest
from wct_domain.merkle import Frontier
from wct_domain.notes import Checkpoint, Note, sign

Checkpoints: TypeAlias = Literal["left", "dropped", "signed"]
"""What becomes of checkpoints over what was changed."""


def chain_again(connection: Any, stream: int) -> None:
    """Recompute positions and hashes of a stream, as if it had always been so."""
    rows = connection.execute(
        "SELECT global_position, s.name, hex(event_id), t.name, recorded_at, "
        "correlation, hex(causation), salt, payload, payload_digest FROM events "
        "JOIN streams s ON s.id = stream JOIN types t ON t.id = type "
        "WHERE stream = ? ORDER BY position",
        (stream,),
    ).fetchall()
    connection.execute(
        "UPDATE events SET position = -position WHERE stream = ?", (stream,)
    )
    head = FIRST
    for position, row in enumerate(rows, 1):
        number, name, event_id, wire, at, correlation, cause, salt, payload, digest = (
            row
        )
        covered = header(
            name,
            position,
            _id(event_id),
            wire,
            at,
            correlation or name,
            _id(cause) if cause else None,
        )
        head = link(head, covered, digest or payload_digest(salt, payload))
        connection.execute(
            "UPDATE events SET position = ?, hash = ? WHERE global_position = ?",
            (position, head, number),
        )


def checkpoints_again(connection: Any, victim: Victim, how: Checkpoints) -> None:
    """Deal with the checkpoints that do not fit any more."""
    rows = connection.execute("SELECT size, root, note, at FROM checkpoints").fetchall()
    stored = {size: (root, note, at) for size, root, note, at in rows}
    tree = Frontier()
    leaves = connection.execute("SELECT hash FROM events ORDER BY global_position")
    fitting: set[int] = set()
    for (leaf,) in leaves.fetchall():
        tree.add(leaf)
        if tree.size not in stored:
            continue
        root, note, _ = stored[tree.size]
        if root != tree.root and how == "signed":
            _sign(connection, victim, tree, note)
        if root == tree.root or how == "signed":
            fitting.add(tree.size)
    if how != "left":
        for size in stored.keys() - fitting:
            connection.execute("DELETE FROM checkpoints WHERE size = ?", (size,))


def _sign(connection: Any, victim: Victim, tree: Frontier, note: str) -> None:
    old = Note.parse(note).text
    origin = Checkpoint.parse(old).origin
    rest = old.split("\n", 3)[3]  # what follows the root stays
    text = f"{Checkpoint(origin, tree.size, tree.root)}{rest}"
    made = str(sign(text, victim.key, victim.signing.sign))
    connection.execute(
        "UPDATE checkpoints SET root = ?, note = ?, frontier = ? WHERE size = ?",
        (tree.root, made, tree.to_bytes(), tree.size),
    )


def _id(digits: str) -> str:
    text = digits.lower()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
