"""Fair comparison: one proportion over time (p-chart) and many at one time (funnel). Pure; nothing is ranked."""

from hub.monitor.charts.control import FEW, Chart, Direction, Mark, Point, p_chart
from hub.monitor.charts.funnel import Funnel, Placed, funnel, limits_at

__all__ = [
    "FEW",
    "Chart",
    "Direction",
    "Funnel",
    "Mark",
    "Placed",
    "Point",
    "funnel",
    "limits_at",
    "p_chart",
]
