"""Who did what, tamper-evident: entries, the Merkle tree over them, signed checkpoints, and how each reader sees them.

Pure: sealing, signing and storing are done by others.
"""

from hub.audit.balp import Observer, balp, balp_all
from hub.audit.checkpoint import (
    Checkpoint,
    Unsigned,
    accepts,
    cosign,
    open_checkpoint,
    sign_checkpoint,
    verifier_key,
)
from hub.audit.entry import decode_entry, encode_entry
from hub.audit.events import EVENTS, Event, event_of, event_text
from hub.audit.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_content,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from hub.audit.seen import divided, seen_of
from hub.audit.verdict import Fault, Leaf, Verdict
from hub.audit.verification import verify
from hub.audit.words import PURPOSES, REASONS, RECORDS, ROLES, word

__all__ = [
    "EVENTS",
    "PURPOSES",
    "REASONS",
    "RECORDS",
    "ROLES",
    "Checkpoint",
    "Event",
    "Fault",
    "Frontier",
    "Leaf",
    "Observer",
    "Unsigned",
    "Verdict",
    "accepts",
    "balp",
    "balp_all",
    "consistency_proof",
    "cosign",
    "decode_entry",
    "divided",
    "encode_entry",
    "event_of",
    "event_text",
    "inclusion_proof",
    "leaf_content",
    "leaf_hash",
    "open_checkpoint",
    "root_of",
    "seen_of",
    "sign_checkpoint",
    "verifier_key",
    "verify",
    "verify_consistency",
    "verify_inclusion",
    "word",
]
