"""What every command shares: exit codes, one way to fail, one way to print."""

import json
import sys
from typing import Any, NoReturn

OK = 0
SOME_REFUSED = 1
USAGE = 2
NOT_AUTHORISED = 3
QUEUED = 4
NOTHING = 5
FAULT = 10


def fail(message: str, code: int) -> NoReturn:
    """One sentence on standard error, then leave."""
    print(f"hub: {message}", file=sys.stderr)
    sys.exit(code)


def show(data: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(data, ensure_ascii=False, indent=2))
