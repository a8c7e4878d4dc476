"""`hub audit verify`: the whole trail against its own tree, its signed checkpoints and those kept elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.audit import Checkpoint, Leaf, Unsigned, Verdict, leaf_content, open_checkpoint
from hub.audit import verify as verify_log
from hub.crypto import verify_signature
from hub.parts import Hub
from hub.store import ReadTx
from hub.upkeep.sequencing import origin, witness_path

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """What the verification found. `waiting` entries have no number yet; `unsigned` checkpoints were not ours."""

    verdict: Verdict
    waiting: int
    unsigned: int

    @property
    def holds(self) -> bool:
        return self.verdict.is_sound and not self.unsigned

    def sentence(self) -> str:
        """The finding in words."""
        lines = [fault.text("en") for fault in self.verdict.faults]
        if self.unsigned:
            lines.append(f"{self.unsigned} checkpoints are not signed by this hub's key.")
        state = "The audit trail holds" if self.holds else "THE AUDIT TRAIL DOES NOT HOLD"
        vouched = f"{self.verdict.covered} of {self.verdict.size} entries vouched for by signed checkpoints"
        return "\n".join([f"{state}: {vouched}, {self.waiting} waiting for a number.", *lines])

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "holds": self.holds,
            "entries": self.verdict.size,
            "covered": self.verdict.covered,
            "waiting": self.waiting,
            "unsigned_checkpoints": self.unsigned,
            "faults": [fault.text("en") for fault in self.verdict.faults],
        }


def verify(hub: Hub, witness: Path | None = None) -> Finding:
    """Verify every entry. `witness`: a file of checkpoint notes kept elsewhere (default: the hub's own file)."""
    notes = _notes(witness or witness_path(hub))
    with hub.store.reading() as tx:
        own, bad = _opened(hub, [row.note for row in tx.checkpoints()])
        outside, bad_outside = _opened(hub, notes)
        verdict = verify_log(_leaves(tx), own, outside)
        waiting = tx.counts()["audit_out"]
    return Finding(verdict, waiting, bad + bad_outside)


def _opened(hub: Hub, notes: list[str]) -> tuple[list[Checkpoint], int]:
    good, bad = [], 0
    for note in notes:
        try:
            good.append(open_checkpoint(note, origin(hub), hub.signer.public_key, verify_signature))
        except Unsigned:
            bad += 1
    return good, bad


def _leaves(tx: ReadTx) -> Iterator[Leaf]:
    first = 0
    while rows := tx.log(first, _BATCH):
        for row in rows:
            yield Leaf(row.seq, row.hash, leaf_content(row.at_ms, row.entry, row.node, row.body))
        first = rows[-1].seq + 1


def _notes(path: Path) -> list[str]:
    """The notes of a witness file; a note cut short by a crash of the machine is left out."""
    if not path.exists():
        return []
    whole = path.read_text(encoding="utf-8")
    return [note for note in whole.split("\n\x1e\n")[:-1] if note]
