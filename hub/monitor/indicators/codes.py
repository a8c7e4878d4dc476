"""How the codes of each kind of fact are written in a definition, and what they select."""

import re

KINDS = {
    "encounter": r"AMB|EMER|FLD|HH|IMP|ACUTE|NONAC|OBSENC|PRENC|SS|VR",
    "diagnosis": r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z])?",
    "vital": r"[0-9]{1,7}-[0-9]",
    "lab": r"[0-9]{1,7}-[0-9]",
    "procedure": r"[0-9]{2}(?:\.[0-9]{1,2})?",
    "medicine": r"[A-Z][0-9]{2}(?:[A-Z]{1,2}(?:[0-9]{2})?)?|9[0-9]{7}",
    "immunization": r"[0-9]{1,4}|9[0-9]{7}",
    "wait": r"AMB",
    "payer": r"JKN|other",
    "referral": r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z])?",
    "pregnancy": r"[0-9]{1,7}-[0-9]",
    "birth": r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z])?",
    "tb": r"TB-(?:SO|RO)/[a-z-]{1,20}",
}
"""Kinds of facts and the form of one code."""

_FAMILY = frozenset(("diagnosis", "referral", "procedure", "medicine"))
"""Kinds whose codes form families: a short code also selects the longer ones that begin with it."""
_RANGED = frozenset(("diagnosis", "referral", "procedure"))
_LAST = "~"
"""Sorts after every letter, digit and dot."""


def code_range(kind: str, written: str) -> tuple[str, str] | None:
    """First and last text a written code or range (I10-I15) selects; None when it is not a code of this kind."""
    form = re.compile(KINDS[kind])
    if kind in _RANGED and "-" in written:
        first, _, last = (part.strip() for part in written.partition("-"))
        if not (form.fullmatch(first) and form.fullmatch(last)) or first > last:
            return None
        return first, last + _LAST
    if not form.fullmatch(written):
        return None
    return written, written + _LAST if kind in _FAMILY else written
