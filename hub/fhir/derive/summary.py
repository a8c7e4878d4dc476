"""Which elements the definitions mark as belonging to a summary, for `hub/fhir/r4/summary.json`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Definition = dict[str, Any]


def summary_elements(structures: Iterable[Definition], types: Mapping[str, Definition]) -> dict[str, list[str]]:
    """Type or inner element (`Patient.contact`) -> its elements with `isSummary`, in JSON names (`valueQuantity`)."""
    found: dict[str, list[str]] = defaultdict(list)
    for structure in structures:
        name = structure["id"]
        root, *elements = structure["snapshot"]["element"] if name in types else ({"path": ""},)
        for element in elements:
            parent, _, key = (name + element["path"][len(root["path"]) :]).rpartition(".")
            if element.get("isSummary") and element["max"] != "0":
                choice = types[parent].get("choices", {}).get(key.removesuffix("[x]")) if key.endswith("[x]") else None
                found[parent] += choice["names"] if choice else [key]
    return {parent: sorted(names) for parent, names in sorted(found.items())}
