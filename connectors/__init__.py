"""Connectors to the city's other systems, one folder each: connector.toml, mapping.py (pure), sample/, golden/,
README.md.

Found by their folder; the hub never imports one by name, and a connector sees only `hub.registry`.
"""
