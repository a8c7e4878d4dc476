"""Derives the data in `hub/fhir/r4` from the official package: `python -m hub.fhir.derive PACKAGE.tgz`."""
