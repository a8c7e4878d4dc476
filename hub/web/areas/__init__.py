"""The pages by who uses them: each area says which page answers which address, for whom."""

from collections.abc import Sequence

from hub.web.serving import Page

PUBLIC = ()
FACILITY = ("clinician", "clinic-client")
PATIENT = ("patient",)
OFFICER = ("privacy-officer", "auditor", "steward")
"""In the order in which somebody with several duties acts."""

Table = Sequence[tuple[str, str, Page, tuple[str, ...]]]
"""(method, address, page, roles that may see it; none = everybody)."""
