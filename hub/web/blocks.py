"""What other parts of the program show on a facility's page (/dinas/faskes/{id}): one line here for each.

A block is made only when its tab is open, so that the page stays quick; what it looks at it audits itself.
"""

from collections.abc import Callable
from typing import NamedTuple

from markupsafe import Markup

from hub.model import Facility
from hub.parts import Hub
from hub.web.call import Call
from hub.web.pages import cases, facility_quality, reporting, surveillance

Make = Callable[[Hub, Call, Facility], Markup]


class Block(NamedTuple):
    """`tab`: its name in the address (?bagian=); `title`: the key of its text; `make`: its content, escaped; `roles`:
    whom it is shown."""

    tab: str
    title: str
    make: Make
    roles: tuple[str, ...] = ("auditor",)


BLOCKS: tuple[Block, ...] = (
    Block("mutu", "indicator.tab", facility_quality.block),
    Block("pelaporan", "reporting.tab", reporting.block),
    Block("audit", "case.tab", cases.block),
    Block("sinyal", "surveillance.tab", surveillance.block, ("auditor", "surveillance")),
)
"""In the order of the tabs, after the papers."""
