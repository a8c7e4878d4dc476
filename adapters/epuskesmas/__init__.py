"""Puskesmas: the daily service report of ePuskesmas (XLSX or CSV export), one row per service."""
