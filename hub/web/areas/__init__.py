"""The pages by who uses them: each area says which page answers which address, for whom."""

from collections.abc import Sequence

from hub.web.serving import Page

PUBLIC = ()
FACILITY = ("clinician", "clinic-client")
PATIENT = ("patient",)
OFFICER = ("auditor", "privacy-officer", "steward")

Table = Sequence[tuple[str, str, Page, tuple[str, ...]]]
"""(method, address, page, roles that may see it; none = everybody)."""
