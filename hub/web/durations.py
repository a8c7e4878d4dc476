"""How long something still takes, or is late, in words."""

from hub.web.call import Lang
from hub.web.language import translator

_HOUR_MS = 3_600_000


def left_in_words(left_ms: int, lang: Lang) -> str:
    """Days and hours left until the end of a term; below 0: by how much it is overdue."""
    t = translator(lang)
    hours = abs(left_ms) // _HOUR_MS
    length = t("requests.length", days=hours // 24, hours=hours % 24)
    return t("requests.left", length=length) if left_ms >= 0 else t("requests.overdue", length=length)
