"""HTTP: addresses, forms and limits. No decision is taken here; refusals become OperationOutcome in one table."""

from hub.api.app import create_app

__all__ = ["create_app"]
