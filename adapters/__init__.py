"""Adapters: one folder per source system, found by the folder; docs/adapters.md is the manual."""
