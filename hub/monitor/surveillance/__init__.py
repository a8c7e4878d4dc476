"""Early warning (SKDR/EWARS): which diagnoses are cases of which disease, and which counts are a signal; pure."""

from hub.monitor.surveillance.cases import Case, Seen, episodes
from hub.monitor.surveillance.counts import CITY, Counts, count
from hub.monitor.surveillance.detection import Finding, find
from hub.monitor.surveillance.diseases import Disease, Settings, read_settings
from hub.monitor.surveillance.signals import RESULTS, Signal, Step, is_overdue, state_of

__all__ = [
    "CITY",
    "RESULTS",
    "Case",
    "Counts",
    "Disease",
    "Finding",
    "Seen",
    "Settings",
    "Signal",
    "Step",
    "count",
    "episodes",
    "find",
    "is_overdue",
    "read_settings",
    "state_of",
]
