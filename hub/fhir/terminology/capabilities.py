"""What is shipped, as R4 has a server say it. https://www.hl7.org/fhir/R4/terminologycapabilities.html"""

from typing import Any

from hub.fhir.terminology.shelf import shipped


def capabilities(date: str, base_url: str) -> dict[str, Any]:
    """The TerminologyCapabilities: every code system with its version; one of which only a part is known says so."""
    systems = []
    for head in shipped("CodeSystem"):
        found: dict[str, Any] = {"uri": head.url}
        if head.version:
            found["version"] = [{"code": head.version}]
        if head.content != "complete":
            found["subsumption"] = False
        systems.append(found)
    return {
        "resourceType": "TerminologyCapabilities",
        "name": "JukungTerminology",
        "status": "active",
        "date": date,
        "kind": "instance",
        "implementation": {"description": "Jukung", "url": base_url},
        "codeSystem": systems,
        "expansion": {
            "hierarchical": False,
            "paging": True,
            "parameter": [
                {"name": name}
                for name in ("activeOnly", "count", "displayLanguage", "filter", "includeDesignations", "offset", "url")
            ],
            "textFilter": "The text, whatever its case, anywhere in a code, display or designation.",
        },
        "codeSearch": "explicit",
        "validateCode": {"translations": False},
        "translation": {"needsMap": False},
        "closure": {"translation": False},
    }
