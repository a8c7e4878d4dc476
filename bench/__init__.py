"""Measures the hub as it is served: real processes and HTTP, encryption, consent and audit on (docs/performance.md)."""
