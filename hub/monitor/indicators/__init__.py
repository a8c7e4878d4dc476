"""Indicators as definitions in data: one TOML file each, read, checked and compiled to SQL (docs/indicators.md)."""

from hub.monitor.indicators.indicator import Direction, Indicator, Need, Unit
from hub.monitor.indicators.shelf import check, definitions, lists, shelved

__all__ = ["Direction", "Indicator", "Need", "Unit", "check", "definitions", "lists", "shelved"]
