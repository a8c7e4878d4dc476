"""Percentiles, medians and rounding."""

import statistics
from collections.abc import Sequence
from typing import Any


def percentile(values: Sequence[float], rank: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * rank // 100)]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def rounded(value: Any) -> Any:
    """Figures without digits that mean nothing."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return round(value, 2) if value < 100 else round(value)
    return value
