"""Jukung: a city's health-records hub (FHIR R4, consented, sealed, audited)."""

__version__ = "0.1.0"
