"""Measures the hub as it is served: real processes, real HTTP, encryption, consent and audit on. docs/performance.md."""
