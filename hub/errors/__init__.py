"""Error categories, the one exception that carries them, and the catalogue of stable codes with their texts."""

from hub.errors.catalogue import Entry, catalogue, fix, kind, text
from hub.errors.category import Category, HubError

__all__ = ["Category", "Entry", "HubError", "catalogue", "fix", "kind", "text"]
