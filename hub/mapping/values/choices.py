"""A cell that must be one of a fixed list."""

from collections.abc import Callable
from functools import cache

from hub.mapping.values.unfit import Unfit


@cache
def one_of(*options: str) -> Callable[[str], str]:
    """A conversion to the option written the same but for case and outer blanks."""
    known = {option.casefold(): option for option in options}

    def convert(text: str) -> str:
        found = known.get(text.strip().casefold())
        if found is None:
            raise Unfit("HUB-2031", allowed=", ".join(options))
        return found

    return convert
