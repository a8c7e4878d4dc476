"""Is the log what it was? Recomputes the tree over all rows and holds it against every checkpoint there is.

What can be said depends on what the attacker left: a changed body whose stored hash was not touched, or a missing
number, is named exactly; a consistent rewriting is bounded by the checkpoints around it, and named exactly when there
is a mirror of the leaf hashes. A witness's checkpoint counts above the log's own: the log's signer may be the attacker.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hub.audit.checkpoint import Checkpoint
from hub.audit.merkle import Frontier, leaf_hash
from hub.audit.verdict import Fault, Leaf, Verdict

_Roots = dict[int, set[bytes]]
"""size -> the root hashes somebody signed for it; more than one is a fork."""


def verify(
    rows: Iterable[Leaf],
    checkpoints: Iterable[Checkpoint] = (),
    witness: Iterable[Checkpoint] = (),
    mirror: Sequence[bytes] | None = None,
) -> Verdict:
    """Checks `rows` (by number) against the log's own `checkpoints`, those a `witness` kept, and a `mirror` of leaf
    hashes kept elsewhere. All checkpoints are already opened (`open_checkpoint`)."""
    promised = _by_size(checkpoints)
    witnessed = _by_size(witness)
    tree = _Tree(promised, witnessed, keeps_hashes=mirror is not None)
    tree.check()
    for row in rows:
        tree.add(row)
    faults = tree.faults()
    if mirror is not None:
        exact = differences(tree.hashes, mirror) if not tree.has_gap else []
        faults += [fault for fault in exact if fault not in faults]
        if exact:
            faults = [fault for fault in faults if fault.kind != "rewritten"]
    largest = max([0, *promised, *witnessed])
    if largest > tree.next and not any(fault.kind == "truncated" for fault in faults):
        faults.append(Fault("truncated", tree.next, largest - 1))
    faults.sort(key=lambda fault: (fault.first, fault.last))
    root = None if tree.has_gap else tree.frontier.root()
    return Verdict(tree.rows, root, tree.covered, tuple(faults))


def differences(actual: Sequence[bytes], mirror: Sequence[bytes]) -> list[Fault]:
    """Where the log's leaf hashes left those of the mirror; what the log appended since is no difference."""
    in_actual = {leaf: at for at, leaf in enumerate(actual)}
    in_mirror = {leaf: at for at, leaf in enumerate(mirror)}
    faults: list[Fault] = []
    a = m = 0
    while a < len(actual) and m < len(mirror):
        is_kept, is_known = mirror[m] in in_actual, actual[a] in in_mirror
        if actual[a] == mirror[m]:
            a, m = a + 1, m + 1
        elif is_kept and not is_known:
            faults.append(Fault("inserted", a, a))
            a += 1
        elif is_known and not is_kept:
            faults.append(Fault("deleted", m, m))
            m += 1
        else:
            faults.append(Fault("reordered" if is_kept else "edited", m, m))
            a, m = a + 1, m + 1
    if m < len(mirror):
        faults.append(Fault("truncated", m, len(mirror) - 1))
    return faults


class _Tree:
    """The rows read so far."""

    def __init__(self, promised: _Roots, witnessed: _Roots, *, keeps_hashes: bool) -> None:
        self.frontier = Frontier()
        self.hashes: list[bytes] = []
        self.mismatched: list[tuple[int, bytes, bytes]] = []
        self.next = 0
        self.rows = 0
        self.covered = 0
        self._keeps_hashes = keeps_hashes
        self._promised = promised
        self._witnessed = witnessed
        self._found: list[Fault] = []
        self._gaps: list[tuple[int, int]] = []
        self._late: set[int] = set()
        self._is_rewritten = False

    @property
    def has_gap(self) -> bool:
        return bool(self._gaps)

    def add(self, row: Leaf) -> None:
        self.rows += 1
        computed = leaf_hash(row.content)
        if computed != row.hash:
            self.mismatched.append((row.seq, row.hash, computed))
        if row.seq < self.next:
            is_missing = any(first <= row.seq <= last for first, last in self._gaps) and row.seq not in self._late
            self._late.add(row.seq)
            self._found.append(Fault("reordered" if is_missing else "inserted", row.seq, row.seq))
            return
        if row.seq > self.next:
            self._gaps.append((self.next, row.seq - 1))
        if self._keeps_hashes:
            self.hashes.append(row.hash)
        self.frontier.append(row.hash)
        self.next = row.seq + 1
        self.check()

    def check(self) -> None:
        """Holds the tree against the checkpoints of just this size. After a gap there is no tree to hold."""
        size = self.next
        own, theirs = self._promised.get(size, set()), self._witnessed.get(size, set())
        if self._gaps or not own | theirs:
            return
        root = {self.frontier.root()}
        if own | theirs == root:
            self.covered = size
        elif own and theirs and (own == root or theirs == root):
            self._found.append(Fault("forked", self.covered, size - 1))
        elif not self._is_rewritten:
            self._is_rewritten = True  # every later root differs too
            self._found.append(Fault("rewritten", self.covered, size - 1))

    def faults(self) -> list[Fault]:
        """All that the rows themselves and the checkpoints show, `truncated` excepted."""
        found = list(self._found)
        for first, last in self._gaps:
            for late in sorted(seq for seq in self._late if first <= seq <= last):
                if first < late:
                    found.append(Fault("deleted", first, late - 1))
                first = late + 1
            if first <= last:
                found.append(Fault("deleted", first, last))
        return found + _moved_or_edited(self.mismatched)


def _moved_or_edited(mismatched: list[tuple[int, bytes, bytes]]) -> list[Fault]:
    """Bodies that do not match their hash: one that matches another's was moved there."""
    kept = {stored for _, stored, _ in mismatched}
    return [Fault("reordered" if computed in kept else "edited", seq, seq) for seq, _, computed in mismatched]


def _by_size(checkpoints: Iterable[Checkpoint]) -> _Roots:
    roots: _Roots = defaultdict(set)
    for checkpoint in checkpoints:
        roots[checkpoint.size].add(checkpoint.root)
    return roots
