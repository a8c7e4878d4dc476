"""Access tags: the keyed name of an (author, labels) combination, beside each sealed row; its meaning is sealed too."""

from hub.model import Labels

_CONF = {"": None, "N": "N", "R": "R", "V": "V"}


def write_labels(labels: Labels) -> str:
    """Labels as the text that tags are computed from: `R|HIV,PSY`; unknown confidentiality is empty."""
    return f"{labels.conf or ''}|{','.join(sorted(labels.sens))}"


def read_labels(text: bytes) -> Labels:
    """The inverse of `write_labels`."""
    conf, _, sens = text.decode().partition("|")
    return Labels(_CONF[conf], frozenset(filter(None, sens.split(","))))  # type: ignore[arg-type]


def tag_aad(compartment: int) -> bytes:
    """Binds a sealed tag meaning to its compartment."""
    return b"tag" + compartment.to_bytes(8, "big")
