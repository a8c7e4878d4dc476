"""What a verification of the log found, in words an officer can act on."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["deleted", "edited", "inserted", "reordered", "truncated", "rewritten", "forked"]


class Leaf(NamedTuple):
    """A row of the log: its number, the leaf hash kept with it, and what the hash covers (`merkle.leaf_content`)."""

    seq: int
    hash: bytes
    content: bytes


class Fault(NamedTuple):
    """Entries `first` to `last` (numbers from 0, inclusive) are not what was signed."""

    kind: Kind
    first: int
    last: int

    def text(self, lang: str = "id") -> str:
        """One sentence in `lang` ("id" or "en")."""
        where = f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"
        return _TEXTS[self.kind][lang == "en"].format(where=where, size=self.last + 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`size` rows were read, their root is `root` (None when a gap leaves it unknown); the first `covered` of them are
    vouched for by a checkpoint. An attacker can still change the entries after those unnoticed: checkpoint often."""

    size: int
    root: bytes | None
    covered: int
    faults: tuple[Fault, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.faults


_TEXTS: dict[Kind, tuple[str, str]] = {
    "deleted": ("Entri {where} hilang.", "Entry {where} is missing."),
    "edited": ("Isi entri {where} diubah.", "The content of entry {where} was changed."),
    "inserted": ("Entri {where} disisipkan.", "Entry {where} was inserted."),
    "reordered": ("Urutan entri {where} diubah.", "The order of entry {where} was changed."),
    "truncated": (
        "Log dipotong: entri {where} hilang dari ujungnya.",
        "The log was cut off: entry {where} is missing.",
    ),
    "rewritten": (
        "Di antara entri {where} ada yang diubah, dipindah, disisipkan, atau dihapus: akar bukan yang ditandatangani.",
        "Among entries {where} one was changed, moved, inserted or deleted: the root is not the one that was signed.",
    ),
    "forked": (
        "Dua sejarah: pada ukuran {size} saksi memegang akar lain.",
        "Two histories: at size {size} a witness holds another root.",
    ),
}
