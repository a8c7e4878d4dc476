"""How the codes of each kind of fact are written in a definition, and what they select."""

import re

KINDS = {
    "encounter": r"AMB|EMER|FLD|HH|IMP|ACUTE|NONAC|OBSENC|PRENC|SS|VR",
    "diagnosis": r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z])?",
    "vital": r"\d{1,7}-\d",
    "lab": r"\d{1,7}-\d",
    "procedure": r"\d{2}(?:\.\d{1,2})?",
    "medicine": r"[A-Z]\d{2}(?:[A-Z]{1,2}(?:\d{2})?)?|9\d{7}",
    "immunization": r"\d{1,4}|9\d{7}",
    "wait": r"AMB",
    "payer": r"JKN|other",
    "referral": r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z])?",
    "pregnancy": r"\d{1,7}-\d",
    "birth": r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z])?",
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
