"""Early warning (SKDR/EWARS): which diagnoses are cases of which disease, and which counts are a signal; pure."""

from hub.monitor.surveillance.cases import Case, Seen, episodes
from hub.monitor.surveillance.counts import CITY, Counts, count
from hub.monitor.surveillance.detection import CRITERIA, Finding, find
from hub.monitor.surveillance.diseases import Disease, Settings, read_settings
from hub.monitor.surveillance.signals import RESULTS, STEPS, Signal, Step, is_overdue, state_of
from hub.monitor.surveillance.threshold import Threshold, threshold

__all__ = [
    "CITY",
    "CRITERIA",
    "RESULTS",
    "STEPS",
    "Case",
    "Counts",
    "Disease",
    "Finding",
    "Seen",
    "Settings",
    "Signal",
    "Step",
    "Threshold",
    "count",
    "episodes",
    "find",
    "is_overdue",
    "read_settings",
    "state_of",
    "threshold",
]
