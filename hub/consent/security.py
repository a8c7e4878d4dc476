"""What the sender says about a resource (meta.security), and how two opinions are combined: the stricter wins."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hub.fhir.systems import ACT_CODE, ACT_REASON, CONFIDENTIALITY
from hub.model import ORDINARY, Labels

_NO_BEARING = (ACT_REASON, "http://terminology.hl7.org/CodeSystem/v3-ObservationValue")
_LEVELS: dict[str, Literal["N", "R", "V"]] = {"U": "N", "L": "N", "M": "N", "N": "N", "R": "R", "V": "V"}
_STRICTNESS = {"N": 0, "R": 1, None: 2, "V": 3}


def combine(one: Labels, other: Labels) -> Labels:
    """The stricter confidentiality (N < R < unknown < V) and both sets of sensitivities."""
    conf = max(one.conf, other.conf, key=_STRICTNESS.__getitem__)
    return Labels(conf, one.sens | other.sens)


def of_sensitivities(sens: frozenset[str]) -> Labels:
    """The labels of data known to be sensitive in these ways; ordinary when there are none."""
    if not sens:
        return ORDINARY
    return Labels("V" if "SDV" in sens else "R", sens)


def of_sender(codings: Sequence[Mapping[str, Any]]) -> Labels:
    """The labels in the sender's own meta.security. A code nobody knows restricts."""
    found = Labels("N")
    for coding in codings:
        system, code = coding.get("system"), str(coding.get("code", ""))
        if system == ACT_CODE and code:
            found = combine(found, of_sensitivities(frozenset((code,))))
        elif system not in _NO_BEARING:
            level = _LEVELS.get(code, "R") if system == CONFIDENTIALITY else "R"
            found = combine(found, Labels(level))
    return found
