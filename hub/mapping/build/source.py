"""Names of things in the source: identifiers and the references between the resources of one row."""

import re
from typing import Any

from hub.fhir import systems
from hub.model import Facility

_UNSAFE = re.compile(r"[\s|]+")


class Source:
    """The identifier systems of one facility: `https://jukung.id/sid/{facility}/{kind}`."""

    __slots__ = ("_root", "facility")

    def __init__(self, facility: Facility) -> None:
        self.facility = facility
        self._root = f"{systems.SID}{facility.id}/"

    def system(self, kind: str) -> str:
        """The system of one kind: pasien, kunjungan, nakes, diagnosis, observasi, tindakan, resep, laporan..."""
        return self._root + kind

    def identifier(self, kind: str, value: str, type_code: str | None = None) -> dict[str, Any]:
        """An Identifier; `type_code` is of v2-0203 (MR, VN). Blanks and bars in `value` become "_"."""
        found: dict[str, Any] = {"use": "usual" if type_code else "secondary"}
        if type_code:
            found["type"] = {"coding": [{"system": systems.IDENTIFIER_TYPE, "code": type_code}]}
        found["system"] = self._root + kind
        found["value"] = _UNSAFE.sub("_", value.strip())
        return found

    def reference(self, type_: str, kind: str, value: str) -> dict[str, Any]:
        """A reference by source identifier; the hub turns it into a literal one."""
        return {"reference": f"{type_}?identifier={self._root}{kind}|{_UNSAFE.sub('_', value.strip())}"}

    def organisation(self) -> dict[str, Any]:
        """The facility as a logical reference with its name."""
        return {
            "identifier": {"system": systems.FACILITY, "value": self.facility.id},
            "display": self.facility.name,
        }
