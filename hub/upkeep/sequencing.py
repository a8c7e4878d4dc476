"""The audit sequencer: gives outbox entries their numbers, grows the Merkle tree, signs checkpoints.

One sequencer at a time (a lease in the database); any process may be it. The witness file lies outside the database, so
that a truncated or rolled-back log is noticed; copy it to another custodian (docs/operations.md).
"""

import os
import time
from pathlib import Path

from hub.access.indexes import refresh_indexes
from hub.audit import Checkpoint as Statement
from hub.audit import Frontier, leaf_content, leaf_hash, sign_checkpoint
from hub.parts import Hub
from hub.store import Checkpoint, Conflict, LogRow, Unavailable
from hub.upkeep.registering import refresh_facilities

BATCH = 2000
LEASE_MS = 15_000
IDLE_S = 0.5
SWEEP_MS = 60_000
REFRESH_MS = 2_000
CHECKPOINT_MS = 60_000
CHECKPOINT_ENTRIES = 1000


def origin(hub: Hub) -> str:
    """The log's name in its checkpoints."""
    return f"jukung.id/{hub.config.tenant}/audit"


def witness_path(hub: Hub) -> Path:
    """Where signed checkpoints are kept outside the database."""
    return hub.config.home / "witness.txt"


class Sequencer:
    """Keeps the tree's frontier between batches; catches up by itself when another process sequenced meanwhile."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.holder = f"{os.getpid()}-{id(self):x}"
        self.frontier = Frontier()

    def step(self, *, is_final: bool = False) -> int:
        """Number one batch; returns how many entries it had. `is_final` signs a checkpoint whatever the interval."""
        hub, now = self.hub, self.hub.clock()
        note = ""
        with hub.store.writing() as tx:
            if not tx.take_lease("audit", self.holder, now_ms=now, until_ms=now + (0 if is_final else LEASE_MS)):
                return 0
            size = tx.log_size()
            if self.frontier.size > size:
                self.frontier = Frontier()
            for known in tx.log_hashes(self.frontier.size, size):
                self.frontier.append(known)
            rows = []
            for waiting in tx.unsequenced(BATCH):
                hashed = leaf_hash(leaf_content(waiting.at_ms, waiting.entry, waiting.node, waiting.body))
                rows.append(
                    LogRow(self.frontier.size, hashed, waiting.at_ms, waiting.entry, waiting.node, waiting.body)
                )
                self.frontier.append(hashed)
            try:
                tx.append_log(rows)
            except Conflict:
                self.frontier = Frontier()
                raise
            last = tx.checkpoint()
            grown = self.frontier.size - (last.size if last else 0)
            is_due = last is None or now - last.at_ms >= CHECKPOINT_MS or grown >= CHECKPOINT_ENTRIES
            if grown and (is_due or is_final):
                statement = Statement(origin(hub), self.frontier.size, self.frontier.root())
                note = sign_checkpoint(statement, hub.signer)
                tx.add_checkpoint(Checkpoint(self.frontier.size, now, note))
        if note:
            _witness(witness_path(hub), note)
        return len(rows)


def sequence(hub: Hub) -> int:
    """Number everything that waits and sign a checkpoint over it; returns how many entries there were."""
    sequencer = Sequencer(hub)
    total = 0
    while done := sequencer.step(is_final=True):
        total += done
    return total


def run_sequencer(hub: Hub) -> None:
    """Sequence for ever (a daemon thread), sweep what has expired (tokens, links, codes, answers, exports), learn of
    new facilities. A database that does not answer is tried again."""
    sequencer = Sequencer(hub)
    swept_ms = refreshed_ms = 0
    while True:
        try:
            if sequencer.step() < BATCH:
                time.sleep(IDLE_S)
            if (now := hub.clock()) - refreshed_ms >= REFRESH_MS:
                refreshed_ms = now
                refresh_facilities(hub)
                refresh_indexes(hub)
            if now - swept_ms >= SWEEP_MS:
                swept_ms = now
                with hub.store.writing() as tx:
                    tx.expire(now)
                    tx.expire_answers(now)
                    tx.expire_exports(now)
        except (Conflict, Unavailable):
            sequencer = Sequencer(hub)
            time.sleep(IDLE_S * 4)


def _witness(path: Path, note: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(note + "\n\x1e\n")
        file.flush()
        os.fsync(file.fileno())
