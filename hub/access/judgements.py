"""What a link or a doubt says about itself, sealed: the rule, the score, the features, a person's reason."""

import msgspec

from hub.parts import Hub

STEWARD_RULE = "steward"
"""The rule of what a person decided."""
UNDONE_RULE = "undo"
"""The rule of a row that only says why a decision was taken back; such a row is never in force."""
UNDONE = "undone"
"""The judgement of such a row."""


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """`features` are (name, class, weight) without personal values; `reason` is what the steward wrote; `of` the number
    of the row that an "undone" row took back."""

    rule: str
    score: float = 0.0
    features: tuple[tuple[str, str, float], ...] = ()
    reason: str = ""
    of: int = 0


_decoder = msgspec.json.Decoder(Explanation)


def seal_explanation(hub: Hub, explanation: Explanation) -> bytes:
    """For the `features` of a link and the `body` of a doubt."""
    return hub.boxes.link.seal(msgspec.json.encode(explanation), b"link")


def open_explanation(hub: Hub, sealed: bytes) -> Explanation:
    """The inverse. Raises hub.crypto.Tampered."""
    return _decoder.decode(hub.boxes.link.open(sealed, b"link"))
