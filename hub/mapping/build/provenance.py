"""Provenance: which facility said it, in which file and row. https://www.hl7.org/fhir/R4/provenance.html"""

from collections.abc import Sequence
from typing import Any

from hub.clock import instant
from hub.fhir import systems
from hub.mapping.build.elements import concept
from hub.mapping.build.source import Source


def provenance(source: Source, targets: Sequence[str], file: str, row: int, received_ms: int) -> dict[str, Any]:
    """The Provenance of one row. `recorded` is the time of receipt; the entity names file and row, not content."""
    return {
        "resourceType": "Provenance",
        "target": [{"reference": target} for target in targets],
        "recorded": instant(received_ms),
        "agent": [{"type": concept(systems.PROVENANCE_PARTICIPANT, "author", "Author"), "who": source.organisation()}],
        "entity": [
            {
                "role": "source",
                "what": {
                    "identifier": {"system": source.system("berkas"), "value": f"{file}#{row}"},
                    "display": f"{file}, baris {row}",
                },
            }
        ],
    }
