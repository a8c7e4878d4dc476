"""What a permit has to name before it reaches a resource, and what a deny catches (docs/privacy.md, labels)."""

from collections.abc import Iterable

from hub.model import Labels

UNNAMEABLE = " unknown"
"""Stands for a sensitivity nobody could tell. A FHIR code never starts with a blank, so no permit can name it."""

SUBSTANCE_USE = frozenset({"ETH", "SUD", "ETHUD", "OPIOIDUD"})
"""v3-ActCode knows substance use under four codes; ETH and SUD mean all of it."""

_RANK = {"N": 0, "R": 1, "V": 2}


def needed(labels: Labels) -> frozenset[str]:
    """The sensitivities a permit must name. Empty for ordinary data only."""
    if labels.conf not in _RANK or (labels.conf != "N" and not labels.sens):
        return labels.sens | {UNNAMEABLE}
    return labels.sens


def is_sealed(labels: Labels) -> bool:
    """Whether only a named person may see the named record. Sexual violence seals whatever else the labels say."""
    return labels.conf == "V" or "SDV" in labels.sens


def permit_reaches(named: Iterable[str], labels: Labels) -> bool:
    """Whether a permit that names these labels reaches the resource: they are a clearance, a high-water mark.

    Each sensitivity has to be named; confidentiality alone names none, but where it is given it is a ceiling.
    """
    codes = set(named)
    ceilings = [_RANK[c] for c in codes if c in _RANK]
    if codes & {"ETH", "SUD"}:
        codes |= SUBSTANCE_USE
    return needed(labels) <= codes and (not ceilings or _rank(labels) <= max(ceilings))


def deny_catches(named: Iterable[str], labels: Labels) -> bool | None:
    """Whether a deny that names these labels catches the resource: any one suffices. None when that is not known."""
    have = needed(labels)
    if UNNAMEABLE in have:
        return None
    if have & SUBSTANCE_USE:
        have |= SUBSTANCE_USE
    return any(code in have or _RANK.get(code, 9) <= _rank(labels) for code in named)


def _rank(labels: Labels) -> int:
    if is_sealed(labels):
        return _RANK["V"]
    return _RANK["R"] if needed(labels) else _RANK["N"]
