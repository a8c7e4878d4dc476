"""axe-core for the accessibility tests, from npm (tests/npm.py)."""

from tests.npm import packages

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def axe_script() -> str:
    """The source of axe-core; ends the calling test where it can't be had."""
    return (packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
