"""The agent at a facility: reads its database, finds what is new, changed or gone, and sends only that.

It knows the adapter port and nothing of the hub's inside; where rows go is a function (`Sink`) given to it.
"""

from hub.agent.report import PullReport
from hub.agent.run import Sink, pull
from hub.agent.state import state_place

__all__ = ["PullReport", "Sink", "pull", "state_place"]
