"""Security labels of a resource, held beside the sealed content, never in clear.

https://www.hl7.org/fhir/R4/security-labels.html; sensitivities are codes of v3-ActCode (HIV, PSY, ETH, SDV, SEX...).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Labels:
    """Confidentiality (N ordinary, R restricted, V sealed, None unknown) and the sensitivity codes."""

    conf: Literal["N", "R", "V"] | None
    sens: frozenset[str] = frozenset()


ORDINARY = Labels("N")
UNLABELLED = Labels(None)
