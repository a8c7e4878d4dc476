"""Indicators as definitions in data: one TOML file each, read, checked and compiled to SQL (docs/indicators.md)."""

from hub.monitor.indicators.indicator import Indicator
from hub.monitor.indicators.shelf import check, definitions, shelved

__all__ = ["Indicator", "check", "definitions", "shelved"]
